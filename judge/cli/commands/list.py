"""``judge list``: the problems there are."""

from __future__ import annotations

from argparse import Namespace

from judge.cli.layout import cut, pad, width, wrap
from judge.cli.parser import Parser
from judge.cli.terminal import Terminal
from judge.packages.library import Library


def arguments(parser: Parser) -> None:
    parser.option("--json", action="store_true", help="json")


def run(options: Namespace, terminal: Terminal) -> int:
    language = terminal.language
    rows = [
        {"name": one.name, "kind": one.kind, "title": one.title.get(language, one.name)}
        for one in Library().summaries()
    ]
    if options.json:
        from judge.words.render import to_json

        terminal.print_json(to_json(rows))
        return 0
    kinds = {kind: terminal.text(f"kind.{kind}") for kind in ("coding", "theory", "broken")}
    names = max((len(row["name"]) for row in rows), default=0)
    column = max(width(kind) for kind in kinds.values())
    for row in rows:
        kind = kinds.get(row["kind"], row["kind"])
        line = f"{pad(row['name'], names)}  {pad(kind, column)}  {row['title']}"
        if width(line) <= terminal.width:
            bold = terminal.style(pad(row["name"], names), "bold")
            terminal.print(f"{bold}  {pad(kind, column)}  {row['title']}")
        else:
            terminal.print(terminal.style(cut(row["name"], terminal.width), "bold"))
            terminal.print(*wrap(f"{kind} · {row['title']}", terminal.width, "    "))
    return 0
