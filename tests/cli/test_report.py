"""Reports for people, compared with files that a person has read."""

from __future__ import annotations

import io

import pytest
from report_samples import GOLDEN, LANGUAGES, SAMPLES, WIDTHS, page, shown

from judge.cli.layout import width
from judge.cli.terminal import Terminal


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("columns", WIDTHS)
def test_golden(language: str, columns: int) -> None:
    assert page(language, columns) == (GOLDEN / f"{language}-{columns}.txt").read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("columns", [*WIDTHS, 57])
@pytest.mark.parametrize("name", SAMPLES)
def test_no_line_is_wider_than_the_terminal(name: str, language: str, columns: int) -> None:
    meant_to_be_copied = (
        "    import ",
        "    from ",
        "    model = ",
        "    assert ",
        "reproduce:",
        "重现：",
        "review:",
        "点评：",
    )
    for line in shown(name, language, columns):
        assert width(line) <= columns or line.startswith(meant_to_be_copied), line


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_in_a_report_acts_on_the_terminal(name: str) -> None:
    assert all(line.isprintable() for line in shown(name, "en", 80))


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("out", "environment", "colour"),
    [
        (Screen(), {"TERM": "xterm"}, True),
        (Screen(), {"TERM": "xterm", "NO_COLOR": ""}, True),  # set but empty means nothing (no-color.org)
        (Screen(), {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (Screen(), {"TERM": "dumb"}, False),
        (io.StringIO(), {"TERM": "xterm"}, False),
    ],
)
def test_colours_stand_on_terminals_only(out: io.StringIO, environment: dict[str, str], colour: bool) -> None:
    terminal = Terminal("en", out=out, err=io.StringIO(), environment=environment)
    assert ("\x1b" in terminal.style("word", "red")) is colour
