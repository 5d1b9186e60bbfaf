"""Markdown for a terminal: paragraphs and lists are broken to the width, code stands as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from judge.cli.layout import MARKS, pad, width, wrap
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
            joined = _marked(_join(paragraph), terminal)
            lines.extend(_coloured(wrap(joined, terminal.width, first, later), terminal))
            paragraph.clear()

    rows = iter(text.splitlines())
    for row in rows:
        heading, item = _HEADING.match(row), _ITEM.match(row)
        if _FENCE.match(row):
            flush()
            lines.extend(terminal.style("    " + line, "cyan") if line.strip() else "" for line in _code(row, rows))
        elif row.lstrip().startswith("|"):
            flush()
            table, rest = _table(row, rows, terminal)
            lines.extend(_aligned(table, terminal))
            if rest is not None:
                lines.append("")
                paragraph += [rest.strip()] if rest.strip() else []
            first = later = ""
        elif heading:
            flush()
            lines.extend(terminal.style(line, "bold") for line in wrap(_plain(heading[2], terminal), terminal.width))
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


def _plain(text: str, terminal: Terminal) -> str:
    return re.sub(f"[{MARKS}]", "", _marked(text, terminal))


def _table(row: str, rows: Iterator[str], terminal: Terminal) -> tuple[list[list[str]], str | None]:
    """Return the cells of a table, and the line behind it."""
    table: list[list[str]] = []
    line: str | None = row
    while line is not None and line.lstrip().startswith("|"):
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            table.append([_marked(cell, terminal) for cell in cells])
        line = next(rows, None)
    return table, line


def _aligned(table: list[list[str]], terminal: Terminal) -> list[str]:
    columns = max(len(row) for row in table)
    table = [row + [""] * (columns - len(row)) for row in table]
    widths = [max(width(row[column]) for row in table) for column in range(columns)]
    if sum(widths) + 2 * columns <= terminal.width:
        rows = ["  ".join(pad(cell, wide) for cell, wide in zip(row, widths, strict=True)).rstrip() for row in table]
        return _coloured(rows, terminal)
    lines = []  # too wide: one row below the other, each cell behind the head of its column
    head, *body = table
    for first, *others in body:
        lines += wrap(first, terminal.width)
        for name, cell in zip(head[1:], others, strict=True):
            shown = f"{name}: {cell}" if name else cell
            lines += wrap(shown, terminal.width, "  ", "    ")
    return _coloured(lines, terminal)


def _join(parts: list[str]) -> str:
    """Join the lines of a paragraph; between two Chinese characters without a blank."""
    text = parts[0]
    for part in parts[1:]:
        glue = "" if width(text[-1:]) == 2 and width(part[:1]) == 2 else " "
        text += glue + part
    return text


def _marked(text: str, terminal: Terminal) -> str:
    """Return ``text`` with its links in words, and marks in place of the signs of code and emphasis.

    Without colours the signs of code stay: they tell code from words.
    """
    text = _LINK.sub(r"\1 (\2)", text)
    text = re.sub(r"<(https?://[^>\s]+)>", r"\1", text)
    pieces = re.split(r"(`[^`]+`)", text)
    for position, piece in enumerate(pieces):
        if position % 2 == 0:
            strong = f"{MARKS[2]}\\1{MARKS[3]}" if terminal.colour else r"\1"
            pieces[position] = re.sub(r"\*\*([^*\s](?:[^*]*[^*\s])?)\*\*", strong, piece)
        elif terminal.colour:
            pieces[position] = MARKS[0] + piece[1:-1] + MARKS[1]
    return "".join(pieces)


def _coloured(lines: list[str], terminal: Terminal) -> list[str]:
    """Put colours in place of marks; what goes on over the end of a line is coloured on both sides of it."""
    if not terminal.colour:
        return lines
    shown, style = [], ""
    for line in lines:
        text = ""
        for piece in re.split(f"([{MARKS}])", line):
            if piece and piece in MARKS:
                style = {MARKS[0]: "cyan", MARKS[2]: "bold"}.get(piece, "")
            elif style and piece.strip():
                blank = len(piece) - len(piece.lstrip())
                text += piece[:blank] + terminal.style(piece[blank:], style)
            else:
                text += piece
        shown.append(text)
    return shown
