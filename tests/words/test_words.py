"""Every key has words in both languages, every sentence of both uses the same values, and nothing else stands there."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from word_uses import ENUMERATIONS, FILLED_IN, ROOT, Use, uses

from judge.sandbox.selftest import ACTS
from judge.words import words
from judge.words.catalogue import fields, keys

LANGUAGES = ("en", "zh")
FOLDER = ROOT / "judge" / "words"
USES = tuple(uses())
OWN = (
    "checks",
    "run",
    "submission",
    "errors",
    "package",
    "notes",
    "report",
    "sandbox",
    "doctor",
    "cli",
    "trial",
    "review",
)


def areas(language: str) -> list[str]:
    return sorted(path.stem for path in (FOLDER / language).glob("*.toml"))


def expanded(use: Use) -> list[str]:
    if "*" not in use.key:
        return [use.key]
    return [use.key.replace("*", word) for word in ENUMERATIONS.get(use.key, ())]


def test_the_languages_have_the_same_areas() -> None:
    assert areas("en") == areas("zh")


@pytest.mark.parametrize("area", areas("en"))
def test_the_languages_have_the_same_keys_and_values(area: str) -> None:
    assert keys("en", area) == keys("zh", area)
    for key in keys("en", area):
        if words("en").template(key) == "{en}":  # its value is the language's own
            assert words("zh").template(key) == "{zh}"
            continue
        english, chinese = (fields(words(language).template(key)) for language in LANGUAGES)
        plural = set(re.findall(r"\{(\w+)\|", words("en").template(key)))  # Chinese has none
        assert english[0] - plural <= chinese[0] <= english[0], key
        assert english[1] == chinese[1], key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_that_is_used_has_words(language: str) -> None:
    missing = []
    for use in USES:
        if "*" in use.key and use.key not in ENUMERATIONS:
            assert use.key.startswith(FILLED_IN), f"{use.file}:{use.line} {use.key}"
            continue
        for key in expanded(use):
            if key not in keys(language, key.partition(".")[0]):
                missing.append(f"{use.file}:{use.line} {key}")
    assert not missing


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_of_the_doctor_has_words(language: str) -> None:
    assert {f"doctor.act.{act}" for act in ACTS} == {key for key in keys(language, "doctor") if ".act." in key}


def test_every_value_that_a_sentence_needs_is_given() -> None:
    short = []
    for use in USES:
        if use.values is None:
            continue
        for key in set(expanded(use)) & keys("en", use.key.partition(".")[0]):
            absent = fields(words("en").template(key))[0] - use.values
            if absent:
                short.append(f"{use.file}:{use.line} {key} lacks {sorted(absent)}")
    assert not short


def test_every_sentence_is_used() -> None:
    used = {key for use in USES for key in expanded(use)}
    source = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "judge").rglob("*.py")))
    used |= set(re.findall(r'"(\w+(?:\.\w+)+)"', source))
    # The faces ask for a sentence by text("key"), say("key"), text(f"area.{...}"): an area of their own is left out.
    used |= {f"cli.{key}" for key in re.findall(r'(?:text|say|_title)\((?:terminal, )?"([\w.]+)"', source)}
    used |= {f"cli.{key}" for key in re.findall(r'"(\w+)" if |else "(\w+)"', source) for key in key}
    used |= {f"cli.option.{key}" for key in re.findall(r'help="(\w+)"', source)}
    patterns = {re.sub(r"\{[^{}]*\}", "*", found) for found in re.findall(r'f"([\w.]+\.\{[^{}]*\}[\w.]*)"', source)}
    patterns = (patterns - {"package.*"}) | {f"cli.{pattern}" for pattern in patterns}
    orphans = [
        key
        for area in OWN
        for key in keys("en", area)
        if key not in used and not any(fnmatchcase(key, pattern) for pattern in patterns)
    ]
    assert not sorted(orphans)


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.toml")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_condescending_words(path: Path) -> None:
    found = re.findall(
        r"\b(?:just|simply|obviously|of course|easy|easily)\b|显然|很简单|只需要简单", path.read_text("utf-8")
    )
    assert not found
