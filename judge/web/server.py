"""``judge serve``: listen, judge, and end in good order."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import uvicorn

from judge.bootstrap import make_service
from judge.domain.report import Isolation
from judge.errors import UsageError
from judge.store.sqlite import SqliteStore
from judge.web import memory, warming
from judge.web.app import create_app
from judge.web.patience import PatientProtocol
from judge.words import choose_language, from_locale, words

GRACE_SECONDS = 2  # for requests that are being answered at the end; streams end at once
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    data: Path | None = None,
    workers: int | None = None,
    allow_unconfined: bool = False,
) -> int:
    """Serve until SIGTERM or SIGINT and return the exit status, 0.

    ``port`` 0 takes any; the address is printed when it answers. ``data`` keeps the submissions, by default below
    ``$XDG_DATA_HOME``. Raises :class:`UsageError` where it cannot listen, where another server uses ``data``, or where
    submissions cannot be confined and ``allow_unconfined`` was not given.
    """
    memory.give_back()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    spoken = words(choose_language(from_locale(os.environ)))
    with _listening(host, port) as listener, _locked(_folder(data)) as folder, make_service() as service:
        if service.isolation is Isolation.NONE:
            if not allow_unconfined:
                raise UsageError("web.serve.unconfined")
            print(spoken.text("web.serve.warning"), file=sys.stderr, flush=True)
        store = SqliteStore(folder / "judge.sqlite3")
        try:
            app = create_app(service, store, workers=workers, secret=_secret(folder))
            warming.begin(app)
            config = uvicorn.Config(
                app,
                http=PatientProtocol,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="on",
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
            address = _address(host, listener)
            server = _Server(config, spoken.text("web.serve.listening", address=address), app.state.judge.hub.stop)
            asyncio.run(server.serve(sockets=[listener]))
        finally:
            # What was being judged has been given back to the store; that its judging now fails is nobody's news.
            logging.getLogger("judge").setLevel(logging.CRITICAL + 1)
            service.close()
            app.state.judge.workers.join(0.5)
            store.close()
        return 0 if server.started else 1


class _Server(uvicorn.Server):
    """Says when it answers, ends open streams at the first signal, and ends by returning instead of by the signal."""

    def __init__(self, config: uvicorn.Config, ready: str, stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready, self._stop = ready, stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(self._ready, flush=True)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()

        def handle(number: int, frame: FrameType | None) -> None:
            self.handle_exit(number, frame)
            loop.call_soon_threadsafe(self._stop)

        before = {number: signal.signal(number, handle) for number in _SIGNALS}
        try:
            yield
        finally:
            # Not what was there before: a second signal must not break off the last writes.
            for number in before:
                signal.signal(number, signal.SIG_IGN)


def _folder(data: Path | None) -> Path:
    """Return the data folder, made where it is missing; what we put into it is its owner's alone."""
    base = os.environ.get("XDG_DATA_HOME", "")
    home = Path(base) if base.startswith("/") else Path.home() / ".local" / "share"
    folder = home / "pruning-judge" if data is None else data
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise UsageError("errors.unwritable", path=str(folder), reason=error.strerror or "") from None
    return folder


def _secret(folder: Path) -> bytes:
    """Return what signs cookies: made at the first start, readable by its owner alone."""
    path = folder / "secret"
    if not path.exists():
        new = folder / "secret.new"
        file = os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "wb") as opened:
            opened.write(secrets.token_bytes(32))
        new.replace(path)  # whole, or not at all
    return path.read_bytes()


@contextmanager
def _locked(folder: Path) -> Iterator[Path]:
    """Keep a second server off ``folder``: it would take our judgings for those of one that died."""
    try:
        lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UsageError("errors.unwritable", path=str(folder), reason=error.strerror or "") from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError("web.serve.in_use", path=str(folder)) from None
        yield folder
    finally:
        os.close(lock)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """Take the port, before anything else is begun; connections are answered later."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(where)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError("web.serve.cannot_listen", host=host, port=port, reason=reason) from None
    try:
        yield listener
    finally:
        listener.close()


def _address(host: str, listener: socket.socket) -> str:
    port = listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
