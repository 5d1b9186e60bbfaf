"""Turn a :class:`judge.message.Message` into a sentence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from judge.message import Message

_FOLDER = Path(__file__).parent
_FIELD = re.compile(r"\{(\w+)(?:\|([^{}|]*)\|([^{}|]*))?\}")


class Catalogue:
    """The sentences of one language; areas are read when first needed.

    ``extra`` adds the words of a problem package, by full key.
    """

    def __init__(self, language: str, extra: Mapping[str, str] | None = None) -> None:
        self.language = language
        self._areas: dict[str, dict[str, str]] = {}
        self._extra = dict(extra or {})

    def template(self, key: str) -> str:
        """Return the sentence of ``key`` with its braces. Raises ``KeyError`` where there is none."""
        if key in self._extra:
            return self._extra[key]
        area, _, rest = key.partition(".")
        if area not in self._areas:
            path = _FOLDER / self.language / f"{area}.toml"
            if not path.is_file():
                raise KeyError(key)
            self._areas[area] = _flatten(tomllib.loads(path.read_text("utf-8")))
        return self._areas[area][rest]

    def text(self, message: Message | str, **values: Any) -> str:
        """Return ``message`` in words; a key with keyword values will do as well."""
        if isinstance(message, str):
            message = Message(message, values)
        given = message.values

        def fill(match: re.Match[str]) -> str:
            value = given[match[1]]
            if match[2] is not None:
                return match[2] if value == 1 else match[3]
            return self._value(value)

        return _FIELD.sub(fill, self.template(message.key))

    def _value(self, value: Any) -> str:
        if isinstance(value, Message):
            return self.text(value)
        if isinstance(value, float):
            return f"{value:.4g}" if value == value and abs(value) != float("inf") else repr(value)
        if isinstance(value, (list, tuple)):
            return (", " if self.language == "en" else "、").join(self._value(item) for item in value)
        return str(value)


def _flatten(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, Mapping):
            flat.update(_flatten(value, f"{prefix}{name}."))
        else:
            flat[prefix + name] = str(value).strip("\n")
    return flat


@cache
def words(language: str) -> Catalogue:
    """Return the judge's own catalogue of ``language`` ("en" or "zh")."""
    return Catalogue(language)
