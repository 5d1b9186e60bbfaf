"""From the threads that judge to the streams that tell: wakes whoever watches a submission."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator


class Live:
    """Lives in one event loop, that of the first watcher; :meth:`tell` may be called from any thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watchers: dict[str, set[asyncio.Event]] = {}
        self.closing = False

    def tell(self, identifier: str) -> None:
        """Something happened to this submission."""
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._wake, identifier)

    def close(self) -> None:
        """Have every stream end. From the event loop only."""
        self.closing = True
        for identifier in list(self._watchers):
            self._wake(identifier)

    @contextlib.contextmanager
    def watch(self, identifier: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever something happens; the watcher clears it."""
        self._loop = asyncio.get_running_loop()
        news = asyncio.Event()
        watchers = self._watchers.setdefault(identifier, set())
        watchers.add(news)
        try:
            yield news
        finally:
            watchers.discard(news)
            if not watchers and self._watchers.get(identifier) is watchers:
                del self._watchers[identifier]

    def _wake(self, identifier: str) -> None:
        for news in self._watchers.get(identifier, ()):
            news.set()


async def wait_for(news: asyncio.Event, seconds: float) -> None:
    """Return when ``news`` is set, and clear it; or after ``seconds``."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(news.wait(), seconds)
    news.clear()
