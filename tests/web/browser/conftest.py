"""One server and one browser for each worker; one context, with nothing kept, for each test."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import pytest
import uvicorn

from judge.bootstrap import make_service
from judge.store import SqliteStore
from judge.web.app import create_app
from judge.web.state import State

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SECONDS = 30.0


@dataclass(frozen=True)
class Site:
    """A server that runs in this process: its address, its parts, and what breaks every connection."""

    url: str
    state: State
    cut: Callable[[], None]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with make_service() as service:
        store = SqliteStore(tmp_path_factory.mktemp("data") / "judge.sqlite3")
        app = create_app(service, store, workers=1)
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1))
        started = threading.Event()
        startup = server.startup
        loop = asyncio.new_event_loop()

        async def started_up(sockets: Any = None) -> None:
            nonlocal loop
            loop = asyncio.get_running_loop()
            await startup(sockets)
            started.set()

        server.startup = started_up  # type: ignore[method-assign]
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        assert started.wait(SECONDS)
        port = server.servers[0].sockets[0].getsockname()[1]

        def cut() -> None:
            for connection in list(server.server_state.connections):
                loop.call_soon_threadsafe(connection.transport.abort)

        yield Site(f"http://127.0.0.1:{port}", app.state.judge, cut)
        app.state.judge.hub.stop()
        server.should_exit = True
        thread.join(SECONDS)
        app.state.judge.workers.join(SECONDS)
        store.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if CHROMIUM is None or find_spec("playwright") is None:
        reason = "a browser is needed: apt-get install chromium, pip install -e '.[dev]'"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    # Confinement of the browser itself needs namespaces, which root and many containers do not have.
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield launched
        launched.close()


Visit = Callable[..., Any]


@pytest.fixture
def visit(browser: Any, site: Site) -> Iterator[Visit]:
    """Open a page: ``visit("/about", language="zh", theme="dark", width=360, scripts=False)``.

    When the test ends, no page that it opened may have violated the content security policy or thrown an error.
    """
    contexts, complaints = [], []

    def complain(message: Any) -> None:
        # A refused request is also told here; whether one is meant is the test's to know.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def opened(
        path: str, *, language: str = "en", theme: str = "light", width: int = 1440, scripts: bool = True
    ) -> Any:
        context = browser.new_context(
            base_url=site.url,
            locale={"en": "en-GB", "zh": "zh-CN"}[language],
            color_scheme=theme,
            reduced_motion="reduce",
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
        )
        contexts.append(context)
        context.set_default_timeout(SECONDS * 1000)
        page = context.new_page()
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
