"""Turn a :class:`judge.message.Message` into a sentence.

A template names values in braces:

    {n}                  the value; floats with four digits, lists with commas, messages as their own sentences
    {n%}                 a share in [0, 1] as a percentage with one decimal
    {n|weight|weights}   a word by number: one, other
    {low~high}           one number where both are equal, else "low or high"
    {n? text # text}     the text, with the value in place of #, where there is a value and it is neither empty nor 0
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from judge.message import Message

_FOLDER = Path(__file__).parent
_FIELD = re.compile(
    r"\{(?P<name>\w+)"
    r"(?:(?P<percent>%)|~(?P<high>\w+)|\?(?P<text>[^{}]*)|\|(?P<one>[^{}|]*)\|(?P<other>[^{}|]*))?\}"
)


class Catalogue:
    """The sentences of one language; areas are read when first needed.

    ``extra`` adds the words of a problem package, by full key. ``known`` are values that every sentence may use
    (``entry_point``).
    """

    def __init__(
        self, language: str, extra: Mapping[str, str] | None = None, known: Mapping[str, Any] | None = None
    ) -> None:
        self.language = language
        self._extra = dict(extra or {})
        self._known = dict(known or {})

    def template(self, key: str) -> str:
        """Return the sentence of ``key`` with its braces. Raises ``KeyError`` where there is none."""
        if key in self._extra:
            return self._extra[key]
        area, _, rest = key.partition(".")
        return _area(self.language, area)[rest]

    def text(self, message: Message | str, /, **values: Any) -> str:
        """Return ``message`` in words; a key with keyword values will do as well.

        A key without words is shown as it stands, with its values: a package that lacks a sentence must not keep its
        candidates from their verdict.
        """
        if isinstance(message, str):
            message = Message(message, values)
        try:
            template = self.template(message.key)
        except KeyError:
            shown = ", ".join(f"{name}={self._value(value)}" for name, value in message.values.items())
            return f"{message.key} ({shown})" if shown else message.key
        given = {**self._known, **message.values}
        if isinstance(given.get("call"), Mapping):
            given["arguments"] = ", ".join(given["call"]["args"])
        body = _FIELD.sub(lambda match: self._fill(match, given), template)
        return body + self._traceback(given) if "frames" in given else body

    def _fill(self, match: re.Match[str], given: Mapping[str, Any]) -> str:
        value = given.get(match["name"], "")
        if match["text"] is not None:
            return match["text"].replace("#", self._value(value)) if value else ""
        if match["one"] is not None:
            return match["one"] if value == 1 else match["other"]
        if match["percent"]:
            return f"{100 * value:.1f} %"
        if match["high"]:
            high = given.get(match["high"], "")
            between = " or " if self.language == "en" else " 或 "
            return self._value(value) if value == high else self._value(value) + between + self._value(high)
        return self._value(value)

    def _value(self, value: Any) -> str:
        if isinstance(value, Message):
            return self.text(value)
        if isinstance(value, float):
            return f"{value:.4g}" if value == value and abs(value) != float("inf") else repr(value)
        if isinstance(value, (list, tuple)):
            return (", " if self.language == "en" else "、").join(self._value(item) for item in value)
        return str(value)

    def _traceback(self, given: Mapping[str, Any]) -> str:
        """Return what follows a sentence about an exception: the candidate's lines, the network, what it means."""
        lines = []
        for frame, alike in itertools.groupby(given["frames"]):
            lines.append("  " + self.text("run.frame", **frame))
            if frame["text"]:
                lines.append("    " + frame["text"])
            if len(list(alike)) > 1:  # a recursion, from whose middle frames may be missing
                lines.append("    " + self.text("run.repeated"))
        call = given.get("call")
        if isinstance(call, Mapping) and call.get("layers"):
            lines.append(self.text("run.network", layers=", ".join(call["layers"])))
        if given.get("hint"):
            lines.append(self.text(f"run.hint.{given['hint']}"))
        return "".join("\n" + line for line in lines)


def fields(template: str) -> tuple[set[str], set[str]]:
    """Return the names of the values that a template needs, and of those that it uses where they are given."""
    needed: set[str] = set()
    optional: set[str] = set()
    for match in _FIELD.finditer(template):
        if match["text"] is not None:
            optional.add(match["name"])
        else:
            needed.add(match["name"])
            needed.update({match["high"]} - {None})
    return needed, optional


def _flatten(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, Mapping):
            flat.update(_flatten(value, f"{prefix}{name}."))
        else:
            flat[prefix + name] = str(value).strip("\n")
    return flat


def keys(language: str, area: str) -> set[str]:
    """Return every key that the judge's own words of ``language`` have in ``area``, in full; none where it has none."""
    return {f"{area}.{rest}" for rest in _area(language, area)}


@cache
def _area(language: str, area: str) -> Mapping[str, str]:
    """Return the templates of a file by the rest of their keys; none where there is no such file."""
    path = _FOLDER / language / f"{area}.toml"
    return _flatten(tomllib.loads(path.read_text("utf-8"))) if path.is_file() else {}


@cache
def words(language: str) -> Catalogue:
    """Return the judge's own catalogue of ``language`` ("en" or "zh")."""
    return Catalogue(language)
