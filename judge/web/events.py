"""The stream of a submission's results: server-sent events with ids, which can be taken up again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from judge.domain.plain import report_from_plain, test_from_plain
from judge.words.render import report_json, test_json

if TYPE_CHECKING:
    from judge.domain.problem import Problem
    from judge.web.state import State

RESULT_ID = 1_000_000
GATHERING_SECONDS = 0.05  # tests that are done within a blink are told together, unless the result is there
BEAT_SECONDS = 15.0  # a comment now and then keeps proxies from closing a quiet stream


async def stream(
    state: State, identifier: str, language: str, problem: Problem | None, last: int
) -> AsyncIterator[bytes]:
    """Yield the events after the one with the id ``last``: each finished test, then the result; then end.

    A test's id is its number, counted from 1; the result's lies above them all, also above those that an earlier
    attempt told before the server was killed. The rows are read anew at each change, so
    that a stream holds nothing but its place.
    """
    sent = last

    def news() -> tuple[bytes, bool]:
        """Return the events that have not been sent, and whether the result is there."""
        nonlocal sent
        row = state.store.get(identifier)
        events = []
        for number, test in state.store.tests(identifier, sent):
            events.append(_event(number, "test", test_json(test_from_plain(test), language, problem)))
            sent = number
        done = row is not None and row.report is not None
        if row is not None and row.report is not None and last != RESULT_ID:
            events.append(_event(RESULT_ID, "result", report_json(report_from_plain(row.report), language, problem)))
        return b"".join(events), done

    listener = state.hub.listen(identifier)
    state.streams += 1
    try:
        yield b"retry: 1000\n\n"
        while not state.hub.stopping:
            listener.news.clear()
            events, done = await asyncio.to_thread(news)
            if events:  # in one piece: a client that has gone is noticed between two
                yield events
            if done:
                return
            try:
                await asyncio.wait_for(listener.news.wait(), BEAT_SECONDS)
            except TimeoutError:
                yield b": still there\n\n"
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(listener.done.wait(), GATHERING_SECONDS)
    finally:
        state.streams -= 1
        state.hub.leave(identifier, listener)


def _event(number: int, name: str, data: Any) -> bytes:
    # JSON escapes every line end, so that data is always one line.
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return f"id: {number}\nevent: {name}\ndata: {text}\n\n".encode()
