"""Who listens is told what is new, and of the end at once."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from judge.web.hub import Hub


def test_it_tells_from_any_thread_and_wakes_nobody_twice() -> None:
    async def listen() -> None:
        hub = Hub()
        hub.attach()
        loop = asyncio.get_running_loop()
        woken: list[str] = []
        wake = loop.call_soon_threadsafe
        loop.call_soon_threadsafe = lambda *what: (woken.append("woken"), wake(*what))[1]  # type: ignore

        async def change(*what: object) -> None:
            thread = threading.Thread(target=hub.changed, args=what)
            thread.start()
            thread.join()
            await asyncio.sleep(0)

        await change("a")  # nobody listens
        assert not woken
        first, second = hub.listen("a"), hub.listen("b")
        await change("a")
        assert first.news.is_set()
        assert not first.done.is_set()
        assert not second.news.is_set()
        await change("a")  # it has been told, and has not looked
        assert len(woken) == 1
        first.news.clear()
        await change("a")
        assert first.news.is_set()
        assert len(woken) == 2
        await change("a", True)
        assert first.done.is_set()
        hub.leave("a", first)
        hub.stop()
        assert second.news.is_set()
        assert second.done.is_set()

    with ThreadPoolExecutor(1) as apart:  # the browser of another test keeps a loop running in this thread
        apart.submit(lambda: asyncio.run(listen())).result()
