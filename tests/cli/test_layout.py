"""Columns, and breaking lines."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.cli.layout import cut, hard_wrap, pad, width, wrap
from judge.cli.markdown import lines_of
from judge.cli.terminal import Terminal


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("剪枝", 4), ("e\u0301", 1), ("\x1b[31mred\x1b[0m", 3), ("✓ 通过", 6), ("", 0), ("，", 2)],
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns
    assert width(pad(text, 9)) == 9


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("绝对值相等时任选", 8, ["绝对值相", "等时任选"]),
        ("剪掉最小的，保留其余", 10, ["剪掉最小", "的，保留其", "余"]),  # no line begins with a comma
        ("共有（三）", 6, ["共有", "（三）"]),  # none ends with an opening bracket, none begins with a closing one
        ("  indented text", 12, ["  indented", "  text"]),
        ("a\n\nb", 9, ["a", "", "b"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
    ],
)
def test_wrap(text: str, columns: int, lines: list[str]) -> None:
    assert wrap(text, columns) == lines


def test_wrap_hangs_behind_what_stands_first() -> None:
    assert wrap("one two three", 10, "- ") == ["- one two", "  three"]


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Zs")) | st.just(" "), max_size=60))
def test_wrap_keeps_every_letter_and_the_width(text: str) -> None:
    lines = wrap(text, 12, "  ")
    assert "".join("".join(lines).split(" ")) == "".join(text.split(" "))
    assert all(width(line) <= 12 for line in lines)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=40), st.integers(1, 30))
def test_cut_fits(text: str, columns: int) -> None:
    assert width(cut(text, columns)) <= columns


def test_hard_wrap_keeps_blanks() -> None:
    assert hard_wrap("a  b\tc" + "x" * 20, 14, "| ") == ["| a  b    cxxx", "| xxxxxxxxxxxx", "| xxxxx"]


def rendered(text: str, columns: int = 40) -> list[str]:
    terminal = Terminal("en", out=io.StringIO(), err=io.StringIO(), environment={"COLUMNS": str(columns)})
    return lines_of(text, terminal)


MARKDOWN = """# Title

A paragraph of **strong** words with
`code` and a [link](https://example.org/x).

- first
  goes on
- second

1. one
2. two

```python
x = 1   # not   broken, however long this line of code may be
```

| a | b |
|---|---|
| 1 | `two` |

> said
"""


def test_markdown() -> None:
    assert rendered(MARKDOWN) == [
        "Title",
        "",
        "A paragraph of strong words with `code`",
        "and a link (https://example.org/x).",
        "",
        "• first goes on",
        "• second",
        "",
        "1. one",
        "2. two",
        "",
        "    x = 1   # not   broken, however long this line of code may be",
        "",
        "a  b",
        "1  `two`",
        "",
        "│ said",
    ]


def test_colours_go_on_over_the_end_of_a_line() -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal("en", out=Screen(), err=io.StringIO(), environment={"COLUMNS": "40", "TERM": "xterm"})
    lines = lines_of("some words and then `a piece of code that is long` and **more**", terminal)
    assert lines == [
        "some words and then \x1b[36ma piece of code that\x1b[0m",
        "\x1b[36mis long\x1b[0m and \x1b[1mmore\x1b[0m",
    ]


def test_a_table_that_is_too_wide_becomes_rows() -> None:
    table = "| name | what it does |\n|---|---|\n| first | " + "word " * 12 + "|\n"
    lines = rendered(table)
    assert lines[0] == "first"
    assert lines[1].startswith("  what it does: word")
    assert all(width(line) <= 40 for line in lines)
