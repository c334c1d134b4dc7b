"""The OpenAPI document: what every operation takes and answers, with examples about a person who does not exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.responses import Response

from api.rest import examples
from api.rest.problems import MEDIA_TYPE, PROBLEMS, TYPE_PREFIX, codes_by_status
from api.rest.schemas import KINDS, FaultPlace, NewFiling, ProblemAnswer, Refiling
from intake.storage.idempotency import MAX_KEY_CHARACTERS

DISTRIBUTION = "accountant-intake"
_REFERENCE = "#/components/schemas/{model}"
# Models of bodies that the operations read themselves, so that FastAPI does not see them.
_OWN_MODELS: tuple[type[BaseModel], ...] = (NewFiling, Refiling, ProblemAnswer, FaultPlace)
_JSON = "application/json"

IDEMPOTENCY_KEY: Mapping[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "同一个键重发同一个请求得到同一个回答，保留 8 天；用于另一个请求则为 409。建议用随机 UUID。",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARACTERS, "pattern": r"^[!-~]+$"},
    "example": "0b8a5a6e-5d1f-4a8e-9f55-5d1b6a7c2f10",
}

_DESCRIPTION = """\
上传证明材料、提交申报、取得核验结论和评分。用法和可直接运行的 curl 示例见 docs/api.md。

每个回答都带 `X-Request-ID`；请求中可以自带一个（8 至 64 个字母、数字、`_`、`.`、`-`，推荐 UUID；
含连续 15 位以上数字的会换成新编号）。出错时的回答是 RFC 9457 的问题对象，
`code` 固定不变，不含申报内容。示例中的人物均为虚构。
"""


def documented(
    operation_id: str,
    model: type[BaseModel] | None,
    *,
    summary: str,
    status: int = 200,
    example: Any = None,
    extra: Mapping[str, Any] | None = None,
    answer: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Arguments of a route that describe it.

    Args:
        operation_id: Stable name.
        model: Of the answer; None with `answer`.
        summary: Chinese.
        status: Of success.
        example: A whole answer.
        extra: What FastAPI cannot see: bodies and headers that the operation reads itself.
        answer: The answer where it is not JSON.
    """
    success: dict[str, Any] = {"description": "成功"}
    if model is not None:
        success |= {"model": model, "content": {_JSON: {"example": example or examples.ANSWERS[operation_id]}}}
    success |= dict(answer or {})
    return {
        "operation_id": operation_id,
        "summary": summary,
        "status_code": status,
        "response_model": None,
        # Operations write their answers themselves; the framework's own class would add a type to the document.
        "response_class": Response,
        "responses": {status: success, **_problem_answers(except_status=status)},
        "openapi_extra": dict(extra or {}),
    }


def form_body(fields: Mapping[str, Mapping[str, Any]], *, required: Sequence[str], example: Any) -> dict[str, Any]:
    """The description of an uploaded form."""
    file = {"type": "string", "format": "binary", "description": "图像文件：JPEG、PNG、WebP，或采集规则允许的 HEIC。"}
    schema = {
        "type": "object",
        "required": ["file", *required],
        "additionalProperties": False,
        "properties": {"file": file, **{name: dict(one) for name, one in fields.items()}},
    }
    return {
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema, "example": example}}}
    }


def json_body(model: type[BaseModel], *, example: Any) -> dict[str, Any]:
    """The description of a JSON body."""
    schema = {"$ref": _REFERENCE.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {_JSON: {"schema": schema, "example": example}}}}


def kind_schema() -> dict[str, Any]:
    """Of a form's field `kind`."""
    return {"type": "string", "enum": [kind.value for kind in KINDS], "description": "材料种类。"}


def policy_schema() -> dict[str, Any]:
    """Of a form's field `policy`; `install` writes the names in."""
    return {"type": "string", "description": "采集规则的名称；不填则用默认的。", _POLICY_MARK: True}


_POLICY_MARK = "x-policy-names"


def install(app: FastAPI, *, policy_names: Sequence[str]) -> None:
    """Gives the application its document, made once when it is first asked for."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, policy_names)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI, policy_names: Sequence[str]) -> dict[str, Any]:
    made = get_openapi(
        title="会计人员信息采集：材料与申报接口",
        version=product_version(),
        description=_DESCRIPTION,
        routes=app.routes,
        servers=[{"url": "/", "description": "本服务"}],
    )
    _, own = models_json_schema([(model, "validation") for model in _OWN_MODELS], ref_template=_REFERENCE)
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(own.get("$defs", {}))
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for model in (NewFiling, Refiling):
        # Names change with the packs that a site has, so they are written in here and not in the model.
        schemas[model.__name__]["properties"]["policy"] = {
            "anyOf": [{"type": "string", "enum": list(policy_names)}, {"type": "null"}],
            "description": Refiling.model_fields["policy"].description,
        }
    _write_names(made["paths"], policy_names)
    for methods in made["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _never_null(parameter["schema"])
    return made


def _never_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that may be left out has no null: the word would be sent as text."""
    sides = [side for side in schema.get("anyOf", ()) if side != {"type": "null"}]
    if len(sides) != 1:
        return schema
    return {**{name: value for name, value in schema.items() if name != "anyOf"}, **sides[0]}


def methods_at(app: FastAPI, path: str) -> list[str]:
    """Methods of a path, as the document has them."""
    known = app.openapi()["paths"]
    return sorted(method.upper() for pattern, methods in known.items() if _fits(pattern, path) for method in methods)


def _fits(pattern: str, path: str) -> bool:
    parts, given = pattern.split("/"), path.split("/")
    return len(parts) == len(given) and all(
        part == one or (part.startswith("{") and one) for part, one in zip(parts, given, strict=True)
    )


def _write_names(node: Any, names: Sequence[str]) -> None:
    if isinstance(node, dict):
        if node.pop(_POLICY_MARK, False):
            node["enum"] = list(names)
        for below in node.values():
            _write_names(below, names)
    elif isinstance(node, list):
        for below in node:
            _write_names(below, names)


def _problem_answers(*, except_status: int) -> dict[int | str, dict[str, Any]]:
    found: dict[int | str, dict[str, Any]] = {}
    for status, codes in codes_by_status().items():
        if status == except_status:
            continue
        found[status] = {
            "description": "、".join(PROBLEMS[code].title for code in codes),
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": _REFERENCE.format(model=ProblemAnswer.__name__)},
                    "examples": {code: {"value": _problem_example(code)} for code in codes},
                }
            },
        }
    return found


def _problem_example(code: str) -> dict[str, Any]:
    kind = PROBLEMS[code]
    return {
        "type": TYPE_PREFIX + code,
        "title": kind.title,
        "status": kind.status,
        "code": code,
        "detail": kind.detail,
        "instance": examples.REQUEST_ID,
    }


def product_version() -> str:
    """Of the installed product; 0 when it runs from a folder that nobody installed."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "0"
