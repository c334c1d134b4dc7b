"""The REST interface of design.md section 5 as an application."""

from __future__ import annotations

from fastapi import FastAPI

from api.rest import deliveries, events_stream, faults, health, materials, openapi, photo, policies, submissions
from api.rest.calls import Threads
from api.rest.envelope import Envelope
from api.rest.parts import RestParts

PREFIX = "/api/v1"


def create_app(parts: RestParts) -> FastAPI:
    """Puts the application together; it owns nothing of what it is given.

    Args:
        parts: What the operations work with.
    """
    # No pages for trying out: they load scripts from elsewhere.
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url="/openapi.json", redirect_slashes=False)
    app.state.parts = parts
    app.state.threads = Threads()
    for module in (materials, submissions, events_stream, photo, deliveries, policies):
        app.include_router(module.router, prefix=PREFIX)
    app.include_router(health.router)
    faults.install(app)
    openapi.install(app, policy_names=[policy.name for policy in parts.policies.listed()])
    app.add_middleware(Envelope, figures=parts.figures, by_address=parts.limits.addresses)
    return app
