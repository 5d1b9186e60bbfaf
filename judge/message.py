"""What is said to a person, before it has words: a key and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field


class Message(Struct, frozen=True):
    """A key of the word catalogue with the values that its sentence needs.

    Only the faces (``judge.cli``, ``judge.web``) turn a message into English or Chinese, through
    ``judge.words``. ``values`` holds what JSON can: strings, numbers, booleans, lists, dicts of these,
    and further messages (as :class:`Message`).
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_plain(self) -> dict[str, Any]:
        """Return ``{"key": ..., "values": ...}`` made of JSON types only."""
        return {"key": self.key, "values": {name: _to_plain(value) for name, value in self.values.items()}}

    @staticmethod
    def from_plain(plain: Mapping[str, Any]) -> Message:
        """Undo :meth:`to_plain`."""
        return Message(plain["key"], {name: _from_plain(value) for name, value in plain["values"].items()})


def _to_plain(value: Any) -> Any:
    if isinstance(value, Message):
        return {"__message__": value.to_plain()}
    if isinstance(value, (list, tuple)):
        return [_to_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _to_plain(item) for name, item in value.items()}
    return value


def _from_plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_from_plain(item) for item in value]
    if isinstance(value, dict):
        if value.keys() == {"__message__"}:
            return Message.from_plain(value["__message__"])
        return {name: _from_plain(item) for name, item in value.items()}
    return value
