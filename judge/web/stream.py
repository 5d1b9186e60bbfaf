"""Server-sent events of one submission: ``test`` per finished test, then ``result``; then the stream ends.

Ids are the numbers of the events, so ``Last-Event-ID`` says where to go on. A finished submission's stream is the same,
told all at once.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from judge.web.desk import Desk
from judge.web.live import wait_for
from judge.words.render import report_json, test_json

_POLL_SECONDS = 1.0  # for what another server on the same folder does
_PING_SECONDS = 15.0  # so that nobody between takes the connection for dead
_RETRY = b"retry: 1000\n\n"


def last_event_id(request: Request) -> int:
    """Return the number behind which to go on; 0 where none is given, or none of ours."""
    given = request.headers.get("last-event-id", "").strip()
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0


async def events(desk: Desk, identifier: str, after: int, language: str) -> AsyncIterator[bytes]:
    """Yield the stream of a submission that exists, from behind event ``after``."""
    yield _RETRY
    with desk.live.watch(identifier) as news:
        told = time.monotonic()
        while True:
            lines, after, done = await run_in_threadpool(_step, desk, identifier, after, language)
            if lines:
                yield lines
                told = time.monotonic()
            if done or desk.live.closing:
                return
            await wait_for(news, _POLL_SECONDS)
            if time.monotonic() - told > _PING_SECONDS:
                yield b": still here\n\n"
                told = time.monotonic()


def _step(desk: Desk, identifier: str, after: int, language: str) -> tuple[bytes, int, bool]:
    """Return what is new behind ``after``, the number of the last event of it, and whether that was all."""
    progress = desk.store.progress(identifier, after)
    if progress is None:
        return b"", after, True
    problem = desk.problem(progress.problem) if progress.tests or progress.report else None
    lines = [_event(number, "test", test_json(test, language, problem)) for number, test in progress.tests]
    after = max([after, *(number for number, _ in progress.tests)])
    if progress.report is not None and after < progress.last:
        lines.append(_event(progress.last, "result", report_json(progress.report, language, problem)))
    return b"".join(lines), after, progress.report is not None


def _event(number: int, kind: str, data: dict[str, Any]) -> bytes:
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    return f"id: {number}\nevent: {kind}\ndata: {text}\n\n".encode()
