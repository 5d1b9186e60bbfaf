"""Markdown for a terminal: paragraphs and lists are broken to the width, code stands as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from judge.cli.layout import pad, width, wrap
from judge.cli.terminal import Terminal

_HEADING = re.compile(r"^(#{1,6}) +(.*?)(?: +#+)?$")
_ITEM = re.compile(r"^( *)([-*+]|\d+[.)]) +(.*)$")
_FENCE = re.compile(r"^ *(```+|~~~+)")
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+)\)")


def lines_of(text: str, terminal: Terminal) -> list[str]:
    """Return ``text`` as lines for ``terminal``."""
    lines: list[str] = []
    paragraph: list[str] = []
    first = later = ""

    def flush() -> None:
        if paragraph:
            joined = _join(paragraph)
            lines.extend(_inline(line, terminal) for line in wrap(joined, terminal.width, first, later))
            paragraph.clear()

    rows = iter(text.splitlines())
    for row in rows:
        heading, item = _HEADING.match(row), _ITEM.match(row)
        if _FENCE.match(row):
            flush()
            lines.extend(terminal.style("    " + line, "cyan") for line in _code(row, rows))
        elif row.lstrip().startswith("|"):
            flush()
            table, rest = _table(row, rows)
            lines.extend(_aligned(table, terminal))
            if rest is not None and rest.strip():
                paragraph.append(rest.strip())
            first = later = ""
        elif heading:
            flush()
            lines.extend(terminal.style(line, "bold") for line in wrap(_clean(heading[2]), terminal.width))
        elif not row.strip():
            flush()
            first = later = ""
            if lines and lines[-1]:
                lines.append("")
        elif item:
            flush()
            first = f"{item[1]}{'•' if item[2] in '-*+' else item[2]} "
            later = " " * width(first)
            paragraph.append(item[3])
        elif row.startswith(">"):
            flush()
            first = later = "│ "
            paragraph.append(row.lstrip("> "))
        else:
            paragraph.append(row.strip())
    flush()
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _code(opening: str, rows: Iterator[str]) -> Iterator[str]:
    fence = _FENCE.match(opening)
    assert fence is not None
    for row in rows:
        if row.strip().startswith(fence[1]):
            return
        yield row


def _table(row: str, rows: Iterator[str]) -> tuple[list[list[str]], str | None]:
    """Return the cells of a table, and the line behind it."""
    table: list[list[str]] = []
    line: str | None = row
    while line is not None and line.lstrip().startswith("|"):
        cells = [_clean(cell.strip().replace("\\|", "|")) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            table.append(cells)
        line = next(rows, None)
    return table, line


def _aligned(table: list[list[str]], terminal: Terminal) -> list[str]:
    columns = max(len(row) for row in table)
    table = [row + [""] * (columns - len(row)) for row in table]
    widths = [max(width(row[column]) for row in table) for column in range(columns)]
    if sum(widths) + 2 * columns <= terminal.width:
        rows = ["  ".join(pad(cell, wide) for cell, wide in zip(row, widths, strict=True)).rstrip() for row in table]
        return [_inline(row, terminal) for row in rows]
    lines = []  # too wide: one row below the other, each cell behind the head of its column
    head, *body = table
    for first, *others in body:
        lines += [_inline(line, terminal) for line in wrap(first, terminal.width)]
        for name, cell in zip(head[1:], others, strict=True):
            shown = f"{name}: {cell}" if name else cell
            lines += [_inline(line, terminal) for line in wrap(shown, terminal.width, "  ", "    ")]
    return lines


def _join(parts: list[str]) -> str:
    """Join the lines of a paragraph; between two Chinese characters without a blank."""
    text = parts[0]
    for part in parts[1:]:
        glue = "" if width(text[-1:]) == 2 and width(part[:1]) == 2 else " "
        text += glue + part
    return _clean(text)


def _clean(text: str) -> str:
    text = _LINK.sub(r"\1 (\2)", text)
    return re.sub(r"<(https?://[^>\s]+)>", r"\1", text)


def _inline(line: str, terminal: Terminal) -> str:
    """Show code and emphasis in colour; without colours the marks of code stay, they tell code from words."""
    if not terminal.colour:
        return re.sub(r"\*\*([^*\s](?:[^*]*[^*\s])?)\*\*", r"\1", line)
    line = re.sub(r"`([^`]+)`", lambda match: terminal.style(match[1], "cyan"), line)
    return re.sub(r"\*\*([^*\s](?:[^*]*[^*\s])?)\*\*", lambda match: terminal.style(match[1], "bold"), line)
