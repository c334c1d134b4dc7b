"""The one place where faults become answers."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.rest.envelope import request_id_of
from api.rest.openapi import methods_at
from api.rest.problems import Fault, Problem, problem_response
from intake import receive
from intake.checker import CheckerUnavailable
from intake.observe.log import get_log
from intake.storage.errors import KeyringUnusable, StorageError
from intake.storage.idempotency import KeyReused

# Codes of storage whose problem has the same name, and those that mean lost content.
_DAMAGED = frozenset(("blob-missing", "blob-damaged", "seal-broken"))
_SAME_NAME = frozenset(("database-away", "storage-full", "store-away", "key-unknown"))
_BY_TYPE: Mapping[type[StorageError], str] = {
    KeyReused: "idempotency-key-reused",
    receive.MaterialUnknown: "material-unknown",
    receive.SubmissionUnknown: "not-found",
    receive.SubmissionClosed: "submission-closed",
}
# What the framework refuses by itself.
_BY_STATUS = {404: "route-unknown", 405: "method-not-allowed"}
_NOT_FOUND = "not-found"


def install(app: FastAPI) -> None:
    """Teaches the application to answer every fault with a problem object."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_parameters)
    app.add_exception_handler(HTTPException, _on_framework)
    app.add_exception_handler(StorageError, _on_storage)
    app.add_exception_handler(CheckerUnavailable, _on_checker)


async def _on_problem(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, Problem)
    return problem_response(fault, request_id=request_id_of(request.scope))


async def _on_parameters(request: Request, fault: Exception) -> Response:
    """Parameters of path, query and headers; their names are ours, their values are not told."""
    assert isinstance(fault, RequestValidationError)
    faults, code = [], "parameter-invalid"
    for error in fault.errors():
        where, *names = error["loc"]
        if where == "path":
            # An id that cannot be one is as unknown as any other.
            code = _NOT_FOUND
        faults.append(Fault(".".join(str(name) for name in names), str(error["type"]).replace("_", "-")))
    told = Problem(code) if code == _NOT_FOUND else Problem(code, faults=faults)
    return problem_response(told, request_id=request_id_of(request.scope))


async def _on_framework(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    code = _BY_STATUS.get(fault.status_code)
    if code is None:
        get_log().error("call-failed", status=fault.status_code)
        code = "internal-error"
    headers = dict(fault.headers or {})
    if code == "method-not-allowed":
        # The framework names the methods of the first route only (RFC 9110, section 15.5.6, asks for all).
        headers["Allow"] = ", ".join(methods_at(request.app, request.url.path)) or headers.get("Allow", "")
    return problem_response(Problem(code, headers=headers), request_id=request_id_of(request.scope))


async def _on_storage(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, StorageError)
    return problem_response(_of_storage(fault), request_id=request_id_of(request.scope))


def _of_storage(fault: StorageError) -> Problem:
    known = next((code for kind, code in _BY_TYPE.items() if isinstance(fault, kind)), None)
    if known is not None:
        return Problem(known)
    get_log().error("storage-failed", code=fault.code)
    if isinstance(fault, KeyringUnusable):
        return Problem("key-unknown")
    if fault.code in _SAME_NAME:
        return Problem(fault.code)
    return Problem("stored-data-damaged" if fault.code in _DAMAGED else "internal-error")


async def _on_checker(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, CheckerUnavailable)
    get_log().error("checker-unavailable", code=fault.code.value)
    code = "server-busy" if fault.retryable else "checks-unavailable"
    return problem_response(Problem(code), request_id=request_id_of(request.scope))
