"""The API of the contract, section 5. What it answers in detail is described in ``openapi.py``."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from judge.domain.plain import report_from_plain
from judge.domain.problem import Problem
from judge.errors import JudgeError
from judge.store.base import Row
from judge.web import intake
from judge.web.events import stream
from judge.web.guard import read_body
from judge.web.language import api_language
from judge.web.problems_details import Refused
from judge.web.state import State
from judge.web.visitor import whose
from judge.words.render import problem_json, report_json


def answer(plain: Any, language: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return ``plain`` as strict JSON."""
    body = json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")
    told = {"Content-Language": language, "Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"}
    return Response(body, status, {**told, **(headers or {})}, media_type="application/json")


def state_of(request: Request) -> State:
    state: State = request.app.state.judge
    return state


def problem_of(state: State, name: str) -> Problem | None:
    """Return a problem, or ``None`` where its package is gone or broken by now."""
    try:
        return state.service.library.by_name(name)
    except JudgeError:
        return None


async def row_of(request: Request) -> Row:
    """Return the submission that the path names. Raises :class:`Refused` (404)."""
    row = await asyncio.to_thread(state_of(request).store.get, request.path_params["id"])
    if row is None:
        raise Refused(404, "web.error.no_submission", id=request.path_params["id"][:64])
    return row


async def json_body(request: Request) -> bytes:
    """Return the body of a request that says it is JSON. Raises :class:`Refused` (413, 415)."""
    media, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.lower().replace(" ", "").replace('"', "")
    if media.strip().lower() != "application/json" or charset not in ("", "charset=utf-8", "charset=utf8"):
        raise Refused(415, "web.error.media", wanted="application/json")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "web.error.encoding")
    return await read_body(request)


async def submit(request: Request) -> Response:
    language = api_language(request)
    state = state_of(request)
    body = await json_body(request)
    submission = await asyncio.to_thread(intake.from_json, body, state.service.library)
    identifier = await state.submit(submission, whose(request))
    return answer({"id": identifier}, language, 202, {"Location": f"/api/submissions/{identifier}"})


async def submission(request: Request) -> Response:
    language = api_language(request)
    state, row = state_of(request), await row_of(request)
    return await asyncio.to_thread(_submission, state, row, language)


def _submission(state: State, row: Row, language: str) -> Response:
    result = None
    if row.report is not None:
        result = report_json(report_from_plain(row.report), language, problem_of(state, row.submission.problem))
    return answer({"id": row.id, "status": str(row.status), "result": result}, language)


async def events(request: Request) -> Response:
    language = api_language(request)
    state, row = state_of(request), await row_of(request)
    if state.streams >= state.limits.streams:
        raise Refused(503, "web.error.streams", retry_after=5)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Content-Language": language}
    if request.method == "HEAD":
        return Response(headers=headers, media_type="text/event-stream")
    last = request.headers.get("last-event-id", "")
    after = int(last) if last.isascii() and last.isdigit() and len(last) < 10 else 0
    problem = await asyncio.to_thread(problem_of, state, row.submission.problem)
    return StreamingResponse(
        stream(state, row.id, language, problem, after), headers=headers, media_type="text/event-stream"
    )


async def problems(request: Request) -> Response:
    language = api_language(request)
    summaries = await asyncio.to_thread(state_of(request).service.library.summaries)
    rows = [{"name": one.name, "kind": one.kind, "title": one.title.get(language, one.name)} for one in summaries]
    return answer(rows, language)


async def problem(request: Request) -> Response:
    language = api_language(request)
    seed = intake.seed_of(request.query_params.get("seed"))

    def shown() -> dict[str, Any]:
        return problem_json(state_of(request).service.library.by_name(request.path_params["name"]), language, seed)

    return answer(await asyncio.to_thread(shown), language)


async def health(request: Request) -> Response:
    state = state_of(request)
    if not state.workers.alive or state.hub.stopping:
        raise Refused(503, "web.error.stopping", retry_after=5)
    await asyncio.to_thread(state.store.waiting)
    return answer({"status": "ok"}, "en")
