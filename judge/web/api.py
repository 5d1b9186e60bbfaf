"""The API of the contract's section 5. What it looks like from outside stands in ``openapi.py``."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from judge.store import NewSubmission
from judge.web.desk import Desk
from judge.web.fault import Fault
from judge.web.handin import from_json, read_body, seed_of
from judge.web.language import language_of
from judge.web.stream import events, last_event_id
from judge.words.render import problem_json, report_json, to_json


def router(desk: Desk) -> APIRouter:
    """Return the routes of the API on ``desk``."""
    routes = APIRouter()

    @routes.post("/api/submissions", status_code=202)
    async def submit(request: Request) -> Response:
        body = await read_body(request, "application/json")

        def accept() -> str:
            new: NewSubmission = from_json(desk.library, body)
            desk.admit(request)
            return desk.submit(new)

        identifier = await run_in_threadpool(accept)
        return _json({"id": identifier}, request, 202, {"Location": f"/api/submissions/{identifier}"})

    @routes.get("/api/submissions/{identifier}")
    def submission(identifier: str, request: Request) -> Response:
        stored = desk.stored(identifier)
        language = language_of(request)
        report = stored.report
        result = None if report is None else report_json(report, language, desk.problem(stored.problem))
        content = {"id": identifier, "status": str(stored.status), "problem": stored.problem, "result": result}
        return _json(content, request)

    @routes.get("/api/submissions/{identifier}/events")
    async def submission_events(identifier: str, request: Request) -> Response:
        if await run_in_threadpool(desk.store.progress, identifier, 1 << 30) is None:
            raise Fault("unknown_submission")
        language = language_of(request)
        stream = events(desk, identifier, last_event_id(request), language)
        # The last is for a proxy of nginx' kind, which would keep events back.
        headers = {"Cache-Control": "no-store", "Content-Language": language, "X-Accel-Buffering": "no"}
        return StreamingResponse(stream, headers=headers, media_type="text/event-stream")

    @routes.get("/api/problems")
    def problems(request: Request) -> Response:
        language = language_of(request)
        lines = desk.library.summaries()
        content = [{"name": one.name, "kind": one.kind, "title": one.title.get(language, one.name)} for one in lines]
        return _json(content, request)

    @routes.get("/api/problems/{name}")
    def problem(name: str, request: Request) -> Response:
        seed = seed_of(request.query_params.get("seed"))
        return _json(problem_json(desk.library.by_name(name), language_of(request), seed), request)

    @routes.get("/healthz")
    def health(request: Request) -> Response:
        found = desk.workers.health()
        if found:
            raise Fault("unhealthy", found[0], headers={"Retry-After": "5"})
        return _json({"status": "ok"}, request)

    return routes


def _json(content: Any, request: Request, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    given = {"Cache-Control": "no-store", "Content-Language": language_of(request), **(headers or {})}
    return Response(to_json(content).encode(), status, given, "application/json")
