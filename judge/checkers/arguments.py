"""Wrong arguments end in ``ValueError`` or a subclass of it, and in nothing else."""

from __future__ import annotations

from judge.checkers.exchange import Exchange
from judge.checkers.tell import call_of
from judge.message import Message

NAME = "arguments"
NEEDS: tuple[str, ...] = ()


def check(exchange: Exchange) -> Message | None:
    """Applies to calls whose ``raises`` is set."""
    wanted = exchange.call.raises
    raised = exchange.answer.raised
    call = call_of(exchange.call)
    if raised is None:
        return Message("checks.arguments.returned", {"call": call, "wanted": wanted})
    if wanted not in raised.names:
        if raised.name == wanted:
            return Message("checks.arguments.namesake", {"call": call, "wanted": wanted})
        return Message(
            "checks.arguments.other",
            {"call": call, "wanted": wanted, "name": raised.name, "message": raised.message[:200]},
        )
    return None
