"""The application: routes, error handlers, and the guard around them."""

from __future__ import annotations

import logging
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from judge.errors import JudgeError
from judge.web import api, openapi, pages
from judge.web.desk import Desk
from judge.web.fault import Fault, as_json, of_error, wants_page
from judge.web.guard import Guard

_STATIC = Path(__file__).parent / "static"
_KINDS = {404: "not_found", 405: "method"}
log = logging.getLogger("judge")


def make_app(desk: Desk) -> ASGIApp:
    """Return the whole site on ``desk`` as an ASGI application."""
    desk.workers.listen(desk.live.tell)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url="/openapi.json", redirect_slashes=False)
    app.openapi = openapi.document  # type: ignore[method-assign]
    app.include_router(api.router(desk))
    app.include_router(pages.router(desk), include_in_schema=False)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")

    async def on_error(request: Request, error: Exception) -> Response:
        fault = of_error(error)
        if fault.status >= 500:
            log.error("%s %s: %s", request.method, request.url.path, error)
        return pages.fault_page(fault, request) if wants_page(request) else as_json(fault, request)

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        fault = Fault(_KINDS.get(error.status_code, "not_found"), headers=error.headers)
        return await on_error(request, fault)

    for kind in (Fault, JudgeError, Exception):
        app.add_exception_handler(kind, on_error)
    app.add_exception_handler(HTTPException, on_http)
    return Guard(app)
