"""Connections whose request does not arrive are closed: each holds a descriptor, of which a process has a few thousand.

uvicorn closes one that is idle between two requests. One that was opened and says nothing, or half of a request, it
would keep for ever.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS = 30.0  # from the first byte, or from the start, to the end of a request's body


class PatientProtocol(H11Protocol):
    """uvicorn's protocol with an end to its patience."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY or self.conn.trailing_data[0]:  # the next request has begun already
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):  # it has arrived whole
            self._arrived()
        elif self._late is None:
            self._late = self.loop.call_later(SECONDS, self.transport.close)

    def _arrived(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
