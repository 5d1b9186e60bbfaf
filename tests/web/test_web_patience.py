"""Connections that do not bring a request are closed; those that do are not."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from judge.web import patience

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n"
#: What is sent at once, how many answers come to it, and whether the judge then ends the connection for want of more.
ROWS = [
    (b"", 0),
    (b"GET / HT", 0),
    (POST + b"abc", 0),
    (GET + b"GET / HT", 1),
    (GET + POST + b"ab", 1),
]


async def _echo(request: Request) -> PlainTextResponse:
    await asyncio.sleep(0.3)  # longer than the patience of these tests: an answer may take its time
    return PlainTextResponse("answer " + (await request.body()).decode())


def talk(sent: bytes) -> bytes:
    """Return what comes back. In a thread: that of the tests may have a loop of its own, from a test in a browser."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_talk(sent))).result()


async def _talk(sent: bytes) -> bytes:
    app = Starlette(routes=[Route("/", _echo, methods=["GET", "POST"])])
    config = uvicorn.Config(app, port=0, http=patience.PatientProtocol, log_config=None, timeout_keep_alive=60)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    try:
        async with asyncio.timeout(20):
            return await reader.read()  # until the server closes
    finally:
        writer.close()
        server.should_exit = True
        await serving


@pytest.mark.parametrize(("sent", "answers"), ROWS)
def test_what_does_not_arrive_is_given_up(monkeypatch: pytest.MonkeyPatch, sent: bytes, answers: int) -> None:
    monkeypatch.setattr(patience, "SECONDS", 0.2)
    assert talk(sent).count(b"HTTP/1.1 200") == answers


def test_what_arrives_is_answered_however_long_that_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SECONDS", 0.2)
    whole = GET + POST + b"abcdef" + GET.replace(b"Host", b"Connection: close\r\nHost")
    said = talk(whole)
    assert said.count(b"HTTP/1.1 200") == 3
    assert b"answer abcdef" in said
