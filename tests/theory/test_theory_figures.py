"""What the texts quote is what was measured: ``quoted_figures.toml`` filled in from the one file of figures."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from theory_loading import ROOT

from judge.domain.problem import LANGUAGES
from judge.generators.trained import FOLDER

TABLE = tomllib.loads(Path(__file__).with_name("quoted_figures.toml").read_text("utf-8"))
FIGURES = json.loads((FOLDER / "figures.json").read_text("utf-8"))
BRACES = re.compile(r"\{([\w.]+)@([\d.]+)(?:\|(\w+))?\}")  # where, at which share, in which form


def _quotes() -> Iterator[tuple[str, str]]:
    for quote in TABLE["quote"]:
        for language in LANGUAGES:
            for line in [*quote.get("both", ()), *quote.get(language, ())]:
                yield quote["file"].format(language=language) if "{" in quote["file"] else quote["file"], line


def _pattern(line: str) -> re.Pattern[str]:
    """Return what finds the line with any numbers in its braces."""
    parts = BRACES.split(line)
    return re.compile(r"([−+]?\d+(?:\.\d+)?)".join(re.escape(part) for part in parts[::4]))


def _figures(line: str) -> Iterator[tuple[float, int]]:
    """Yield what was measured for each brace, and with how many decimals it is quoted."""
    for path, share, form in BRACES.findall(line):
        first, rest = path.split(".", 1)
        names = f"{TABLE['paths'].get(first, first)}.{rest}".split(".")
        curve: Any = reduce(lambda found, name: found[name], names, FIGURES)
        shares = FIGURES["sparsities"] if len(curve) > 1 else [0.0]
        value = curve[shares.index(float(share))]
        yield (value, 2) if form == "loss" else (100 * value, 0 if form == "whole" else 1)


@pytest.mark.parametrize(("file", "line"), sorted(set(_quotes())), ids=lambda part: part[-60:])
def test_a_quoted_figure_is_the_measured_one(file: str, line: str) -> None:
    found = _pattern(line).search((ROOT / file).read_text("utf-8"))
    assert found, "the text does not stand there"
    for shown, (measured, decimals) in zip(found.groups(), _figures(line), strict=True):
        digits = shown.partition(".")[2]
        assert len(digits) == decimals
        # The file holds four digits of a share: rounded twice, the last digit shown may be one off.
        assert abs(float(shown.replace("−", "-")) - measured) <= 0.5 * 10**-decimals + 0.005, (shown, measured)


def test_derived_figures() -> None:
    """What the texts derive from several figures."""
    wrong = FIGURES["overfitting"]["wrong_labels"]["weights_retrained"]
    at = FIGURES["sparsities"].index(0.9)
    kept_wrong = 20 * wrong["memorised"][at]
    assert round(100 - 100 * wrong["memorised"][at]) == 40
    assert round(100 * (80 - (100 * wrong["train"][at] - kept_wrong)) / 80) == 6
    cut = FIGURES["weights"]["overfitted"]["global"]["test"]
    assert round(100 * (cut[0] - cut[FIGURES["sparsities"].index(0.6)]), 1) == 7.6


def test_every_line_of_a_table_of_figures_is_pinned() -> None:
    """A row of the measured tables that no quote covers would go unnoticed."""
    for file in sorted({file for file, _ in _quotes() if file.endswith(".md")}):
        rows = [row for row in (ROOT / file).read_text("utf-8").splitlines() if re.search(r"\|\s*\d+\.\d \|", row)]
        quoted = [_pattern(line) for where, line in _quotes() if where == file]
        assert rows
        assert [row for row in rows if not any(pattern.fullmatch(row) for pattern in quoted)] == []
