"""The sentences about theory problems: the same keys and values in both languages, and none missing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from theory_loading import ROOT

CODE = [*(ROOT / "judge" / "theory").glob("*.py"), ROOT / "judge" / "packages" / "theory.py"]


def _flat(table: dict[str, Any], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in table.items():
        found |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return found


def _words(language: str) -> dict[str, str]:
    path: Path = ROOT / "judge" / "words" / language / "theory.toml"
    return _flat(tomllib.loads(path.read_text("utf-8")))


def _values(template: str) -> set[str]:
    return set(re.findall(r"\{(\w+)", template))


def test_both_languages_have_the_same_keys_with_the_same_values() -> None:
    english, chinese = _words("en"), _words("zh")
    assert english.keys() == chinese.keys()
    for key, template in english.items():
        if key != "said":  # it picks the language's own text
            assert _values(template) == _values(chinese[key]), key


def test_every_key_in_the_code_has_words() -> None:
    code = "\n".join(path.read_text("utf-8") for path in CODE)
    known = _words("en")
    keys = set(re.findall(r'"theory\.([a-z_.]+)"', code))
    keys |= {f"lint.{name}" for name in re.findall(r'find\(\s*"(\w+)"', (ROOT / "judge/verify/theory.py").read_text())}
    sheet = (ROOT / "judge/theory/sheet.py").read_text("utf-8")
    keys |= {f"sheet.{name}" for name in re.findall(r'(?:find|unknown)\(\s*"(\w+)"', sheet)}
    loader = (ROOT / "judge/packages/theory.py").read_text("utf-8")
    keys |= {f"package.{name}" for name in re.findall(r'find\(\s*"(\w+)"', loader)}
    assert len(keys) > 50
    assert sorted(key for key in keys if key.rstrip(".") not in known and not key.endswith(".")) == []
