"""``judge serve``: from a port and a folder to a running site, and back to nothing within five seconds."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from judge.bootstrap import make_service
from judge.domain.report import Isolation
from judge.errors import UsageError
from judge.store import Presence, SqliteStore
from judge.web.app import make_app
from judge.web.desk import Desk
from judge.web.live import Live
from judge.words import choose_language, from_locale, words
from judge.worker import Workers

_GRACE_SECONDS = 2  # for answers under way after SIGTERM; streams end at once
_BACKLOG = 512


def default_data() -> Path:
    """Return where submissions are kept unless told: the user's data folder, as the XDG specification has it."""
    base = os.environ.get("XDG_DATA_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".local" / "share") / "pruning-judge"


def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    data: Path | None = None,
    workers: int | None = None,
    allow_unconfined: bool = False,
    language: str | None = None,
) -> int:
    """Serve until SIGTERM or SIGINT; returns the exit status, 0.

    ``port`` 0 takes a free one. ``data``: where submissions are kept (see :func:`default_data`). ``workers``: how many
    are judged at a time, default the number of cores. Raises :class:`UsageError` where it cannot start: the port is
    taken, submissions cannot be confined and that was not allowed; :class:`judge.store.StoreUnavailable` where the
    folder cannot be used.
    """
    spoken = words(choose_language(language, from_locale(os.environ)))
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    listener = _listen(host, port)
    data = default_data() if data is None else data
    with contextlib.ExitStack() as stack:
        stack.callback(listener.close)
        service = stack.enter_context(make_service())
        sandbox = service.sandbox  # gets ready meanwhile
        store = SqliteStore(data / "judge.sqlite")
        stack.callback(store.close)
        presence = Presence(data)
        stack.callback(presence.close)
        if sandbox.isolation == Isolation.NONE:
            if not allow_unconfined:
                raise UsageError("web.serve.unconfined")
            print(spoken.text("web.serve.warning"), file=sys.stderr, flush=True)
        crew = stack.enter_context(Workers(service, store, presence, workers))
        desk = Desk(service.library, store, crew)
        for name in service.library.names():  # so that the first visitor need not wait
            desk.problem(name)
        url = _url(host, listener)
        server = _Server(make_app(desk), desk.live, spoken.text("web.serve.ready", url=url, data=str(data)))
        asyncio.run(server.run_until_told([listener]))
    return 0


class _Server(uvicorn.Server):
    """uvicorn's server, but: told to end, it has the streams end, and does not raise the signal again afterwards."""

    def __init__(self, app: ASGIApp, live: Live, ready: str) -> None:
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            backlog=_BACKLOG,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        super().__init__(config)
        self._live, self._ready = live, ready

    async def run_until_told(self, sockets: list[socket.socket]) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end)
        await self.serve(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self._ready, flush=True)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def _end(self) -> None:
        self.force_exit = self.should_exit  # told twice: at once
        self.should_exit = True
        self._live.close()


def _listen(host: str, port: int) -> socket.socket:
    try:
        address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(address[0], socket.SOCK_STREAM)
        try:
            if os.name == "posix":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address[4])
        except BaseException:
            listener.close()
            raise
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError("web.serve.no_port", host=host, port=port, reason=reason) from None
    return listener


def _url(host: str, listener: socket.socket) -> str:
    port = listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
