"""The web application: routes, error answers, and what starts and ends with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from judge import __version__
from judge.errors import JudgeError
from judge.service import Service
from judge.store.base import Store
from judge.web import api, assets, pages, progress, review, review_page, runs, trial
from judge.web.guard import Guard
from judge.web.language import language_of
from judge.web.openapi import document
from judge.web.problems_details import Refused, from_exception, json_response, wants_page
from judge.web.state import Limits, State

Endpoint = Callable[[Request], Awaitable[Response]]
ROUTES: tuple[tuple[str, str, Endpoint], ...] = (
    ("POST", "/api/submissions", api.submit),
    ("GET", "/api/submissions/{id}", api.submission),
    ("GET", "/api/submissions/{id}/events", api.events),
    ("GET", "/api/submissions/{id}/review", review.get),
    ("POST", "/api/submissions/{id}/review", review.post),
    ("GET", "/api/problems", api.problems),
    ("GET", "/api/problems/{name}", api.problem),
    ("POST", "/api/problems/{name}/try", trial.post),
    ("GET", "/healthz", api.health),
)
PAGES: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", "/", pages.start),
    ("GET", "/about", pages.about),
    ("GET", "/docs", pages.docs),
    ("GET", "/progress", progress.page),
    ("POST", "/progress/forget", progress.forget),
    ("GET", "/progress.json", progress.as_json),
    ("GET", "/progress.zip", progress.as_zip),
    ("GET", "/problems/{name}", pages.problem),
    ("POST", "/problems/{name}", pages.submit),
    ("GET", "/problems/{name}/samples", runs.back),
    ("POST", "/problems/{name}/samples", runs.samples),
    ("GET", "/problems/{name}/try", runs.back),
    ("POST", "/problems/{name}/try", runs.own),
    ("GET", "/problems/{name}/reference", pages.reference),
    ("GET", "/submissions/{id}", pages.submission),
    ("GET", "/submissions/{id}/review", review_page.page),
    ("POST", "/submissions/{id}/review", review_page.answered),
    ("GET", "/static/{name}", assets.serve),
    ("GET", "/static/{digest}/{name}", assets.serve),
)


def create_app(
    service: Service,
    store: Store,
    *,
    workers: int | None = None,
    limits: Limits | None = None,
    secret: bytes | None = None,
) -> FastAPI:
    """Return the application over ``service`` and ``store``; ``workers`` judge at a time (default: one per core).

    ``secret`` signs the cookies; without one they are good until the application ends. Judging begins and ends with the
    application's lifespan; the caller closes ``service`` and ``store``.
    """
    state = State(service, store, limits or Limits(), workers)
    state.secret = secret or state.secret

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        state.hub.attach()
        state.workers.start()
        yield
        state.hub.stop()
        state.workers.stop()

    app = FastAPI(
        title="pruning-judge",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.judge = state
    app.state.reviews = review.Reviews(state)
    app.openapi = document  # type: ignore[method-assign]
    methods: dict[str, dict[str, Endpoint]] = {}
    for method, path, endpoint in ROUTES + PAGES:
        methods.setdefault(path, {})[method] = endpoint
    for path, endpoints in methods.items():
        app.add_route(path, _by_method(endpoints), methods=list(endpoints))

    async def refuse(request: Request, error: Exception) -> Response:
        refused = from_exception(error)
        if wants_page(request):
            return await pages.error(request, refused)
        return json_response(refused, language_of(request), request.url.path)

    for kind in (HTTPException, JudgeError, Refused):
        app.add_exception_handler(kind, refuse)
    app.add_middleware(Guard, refuse=refuse)
    return app


def _by_method(endpoints: dict[str, Endpoint]) -> Endpoint:
    async def handle(request: Request) -> Response:
        return await endpoints["GET" if request.method == "HEAD" else request.method](request)

    return handle
