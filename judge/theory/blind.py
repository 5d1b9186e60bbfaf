"""Strategies that answer without knowing anything. None may pass.

Each looks only at what :func:`judge.theory.present` serves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

Strategy = Callable[[Mapping[str, Any]], Any]
"""From a question as served to the answer for a sheet, or ``None``: leave it out."""

HEDGES = re.compile(
    r"\b(may|might|can|could|often|usually|typically|depends?|some|sometimes|not always|generally|unless|only if)\b"
    r"|可能|往往|通常|一般|取决于|有时|未必|不一定|视.{0,6}而定|某些",
    re.IGNORECASE,
)
ABSOLUTES = re.compile(
    r"\b(always|never|all|every|any|must|only|none|no|cannot|exactly|guarantees?|automatically)\b"
    r"|总是|一定|必然|所有|任何|全部|只|必须|从不|绝|自动|都",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_WORDS = re.compile(r"[a-z]{4,}|[\u4e00-\u9fff]{2}", re.IGNORECASE)


def _pick(score: Callable[[str, str], float]) -> Strategy:
    """Choose the option whose text scores highest; of several the upper half; order by score."""

    def strategy(question: Mapping[str, Any]) -> Any:
        options = question["options"]
        if question["kind"] == "numeric":
            return _last_number(question)
        ranked = sorted(options, key=lambda option: -score(option["text"], question["prompt"]))
        ids = [option["id"] for option in ranked]
        if question["kind"] in ("single", "true_false"):
            return ids[0]
        return ids if question["kind"] == "ordering" else sorted(ids[: (len(ids) + 1) // 2])

    return strategy


def _last_number(question: Mapping[str, Any]) -> Any:
    found = _NUMBER.findall(question["prompt"])
    return float(found[-1]) if found else 50.0


def _place(place: int) -> Strategy:
    """Always the same letter; of several that one and the next; order as shown."""

    def strategy(question: Mapping[str, Any]) -> Any:
        ids = [option["id"] for option in question["options"]]
        if question["kind"] == "numeric":
            return 50.0
        chosen = ids[min(place, len(ids) - 1)]
        if question["kind"] in ("single", "true_false"):
            return chosen
        return ids if question["kind"] == "ordering" else sorted({chosen, ids[(ids.index(chosen) + 1) % len(ids)]})

    return strategy


def _everything(question: Mapping[str, Any]) -> Any:
    ids = [option["id"] for option in question["options"]]
    if question["kind"] == "numeric":
        return 100.0
    return ids[::-1] if question["kind"] == "ordering" else ids if question["kind"] == "multiple" else ids[-1]


def _value(words: tuple[str, ...]) -> Strategy:
    """The same truth value everywhere: the longest option that begins with it."""
    longest = _pick(lambda text, _: len(text))

    def strategy(question: Mapping[str, Any]) -> Any:
        said = [option for option in question["options"] if option["text"].lower().startswith(words)]
        return longest({**question, "options": said} if said and question["kind"] == "true_false" else question)

    return strategy


def _guess(question: Mapping[str, Any]) -> Any:
    chance = Random(question["prompt"] + str(question["options"]))
    ids = [option["id"] for option in question["options"]]
    if question["kind"] == "numeric":
        found = _NUMBER.findall(question["prompt"])
        return float(chance.choice(found)) if found else 10.0
    if question["kind"] in ("single", "true_false"):
        return chance.choice(ids)
    if question["kind"] == "ordering":
        return chance.sample(ids, len(ids))
    return sorted(chance.sample(ids, chance.randint(1, len(ids))))


def _overlap(text: str, prompt: str) -> float:
    asked = set(_WORDS.findall(prompt.lower()))
    return len(asked & set(_WORDS.findall(text.lower())))


def _hedged(text: str, _: str) -> float:
    return len(HEDGES.findall(text)) - len(ABSOLUTES.findall(text)) + len(text) / 10_000


STRATEGIES: Mapping[str, Strategy] = {
    "longest": _pick(lambda text, _: len(text)),
    "shortest": _pick(lambda text, _: -len(text)),
    "always_a": _place(0),
    "always_b": _place(1),
    "always_c": _place(2),
    "always_d": _place(3),
    "everything": _everything,
    "always_true": _value(("true", "对")),
    "always_false": _value(("false", "错")),
    "hedged": _pick(_hedged),
    "absolute": _pick(lambda text, prompt: -_hedged(text, prompt)),
    "words_of_the_prompt": _pick(_overlap),
    "most_commas": _pick(lambda text, _: len(re.findall(r"[,;:，、；：(（]", text))),
    "most_digits": _pick(lambda text, _: sum(letter.isdigit() for letter in text)),
    "guess": _guess,
}
