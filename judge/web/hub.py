"""Threads that judge tell coroutines that stream."""

from __future__ import annotations

import asyncio


class Listener:
    """What a coroutine waits for: ``news`` of a submission, and that it is ``done``."""

    __slots__ = ("done", "news")

    def __init__(self) -> None:
        self.news, self.done = asyncio.Event(), asyncio.Event()


class Hub:
    """Tells listeners that a submission has changed. ``changed`` may be called from any thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: dict[str, set[Listener]] = {}
        self.stopping = False

    def attach(self) -> None:
        """Remember the running loop."""
        self._loop = asyncio.get_running_loop()

    def changed(self, identifier: str, done: bool = False) -> None:
        """There is something new in the store; ``done``: the report."""
        if self._loop is None or self._loop.is_closed():
            return
        listeners = tuple(self._listeners.get(identifier, ()))  # in one step, as seen from the loop's thread
        # Who has been told and has not looked yet will see this as well. Waking the loop for nothing takes time from
        # the thread that judges.
        if any(not (listener.done if done else listener.news).is_set() for listener in listeners):
            self._loop.call_soon_threadsafe(self._tell, identifier, done)

    def stop(self) -> None:
        """Wake everybody: the server ends."""
        self.stopping = True
        for identifier in list(self._listeners):
            self._tell(identifier, True)

    def listen(self, identifier: str) -> Listener:
        """Return a new listener; what is in the store by now it has to look up."""
        listener = Listener()
        self._listeners.setdefault(identifier, set()).add(listener)
        return listener

    def leave(self, identifier: str, listener: Listener) -> None:
        """Forget a listener."""
        listeners = self._listeners.get(identifier, set())
        listeners.discard(listener)
        if not listeners:
            self._listeners.pop(identifier, None)

    def _tell(self, identifier: str, done: bool) -> None:
        for listener in self._listeners.get(identifier, ()):
            listener.news.set()
            if done:
                listener.done.set()
