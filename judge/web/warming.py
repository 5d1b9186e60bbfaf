"""The first page of every problem is made before somebody asks for it, and then tests before somebody hands in.

It takes a second that every later one does not: packages, Markdown and templates are loaded with it. A class that opens
the same page at the same moment would wait for it many times over.
"""

from __future__ import annotations

import threading
from contextlib import suppress

from fastapi import FastAPI
from starlette.requests import Request

from judge.web import pages
from judge.web.state import State
from judge.words.language import LANGUAGES


def begin(app: FastAPI) -> threading.Thread:
    """Make the pages in a thread of its own, one after another, and forget them."""
    thread = threading.Thread(target=_warm, args=(app,), name="warming", daemon=True)
    thread.start()
    return thread


def _warm(app: FastAPI) -> None:
    state: State = app.state.judge
    for name in state.service.library.names():
        for language in LANGUAGES:
            if state.hub.stopping:
                return
            scope = {
                "type": "http",
                "method": "GET",
                "path": f"/problems/{name}",
                "path_params": {"name": name},
                "query_string": f"lang={language}".encode(),
                "headers": [],
                "app": app,
            }
            with suppress(Exception):  # whoever asks for the page is told what is wrong with the package
                pages.make(Request(scope))
    state.service.draw_ahead()
