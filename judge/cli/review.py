"""A review for people: comments, an accuracy curve for each trained network, and the questions about the run."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from judge.cli.commands.show import question_lines
from judge.cli.layout import pad, width, wrap
from judge.cli.terminal import Terminal
from judge.sandbox.output import printable

COLUMN = 7  # of a figure: "100.0" and two blanks, one where it is narrow
SHORTEST, LONGEST = 6, 40  # of a bar; where there is room for less it is left out
FULL, PART = "█", "░"
_COLOURS = {"essential": "red", "worth_knowing": "yellow", "well_done": "green"}


class View(Struct, frozen=True):
    """What a review is shown with. ``answer`` is the command that writes a sheet for its questions."""

    title: str
    graded: str
    file: str
    answer: str


def lines_of(review: dict[str, Any], view: View, terminal: Terminal) -> list[str]:
    """Return ``review``, as JSON (``judge.review``), as lines for ``terminal``."""
    whose = f"{terminal.spoken.text(f'report.graded.{view.graded}')} {printable(view.file)}".rstrip()
    facts = f"{whose} · {terminal.text('seed', seed=review['seed'])}"
    lines = [terminal.style(line, "bold") for line in wrap(view.title, terminal.width)]
    lines += [*(terminal.style(line, "dim") for line in wrap(facts, terminal.width)), ""]
    for comment in review["comments"]:
        lines += [*_comment(comment, terminal), ""]
    if not review["comments"]:
        lines += [*wrap(_unremarkable(review["measured"], terminal), terminal.width), ""]
    for curve in review["curves"]:
        lines += [*_curve(curve, terminal), ""]
    if review["questions"] is None:
        return lines[:-1]
    lines += [terminal.style(terminal.text("review_questions"), "bold"), ""]
    lines += [*question_lines(review["questions"], terminal), ""]
    return lines + wrap(terminal.text("review_answer", command=printable(view.answer)), terminal.width)


def _comment(comment: dict[str, Any], terminal: Terminal) -> list[str]:
    lines = [terminal.style(comment["label"], "bold", _COLOURS[comment["grade"]])]
    lines += wrap(comment["message"], terminal.width, "  ")
    if comment["line"] is not None:
        code = wrap(comment["source"], terminal.width, f"  {comment['line']} │ ")
        lines += [terminal.style(line, "cyan") for line in code]
    return lines


def _unremarkable(measured: dict[str, Any] | None, terminal: Terminal) -> str:
    if measured is None:
        return terminal.text("review_unmeasured")
    ratios = {"time": f"{measured['time_ratio']:.1f}", "memory": f"{measured['memory_ratio']:.1f}"}
    return terminal.text("review_unremarkable", weights=f"{measured['weights']:,}", **ratios)


def _curve(curve: dict[str, Any], terminal: Terminal) -> list[str]:
    """Return network and call, a row for each amount with a bar as long as there is room for, what the figures say.

    The bar is the solution's test accuracy; what its train accuracy has more, where there is one, is drawn lighter.
    """
    said = terminal.text
    yours, *others = curve["series"]
    train = yours["train"]
    columns = [(said("curve.yours"), yours["test"]), *((said(f"curve.{one['id']}"), one["test"]) for one in others)]
    if train is not None:
        columns.insert(0, (said("curve.train"), train))
    first = max(width(curve["argument"]), COLUMN - 2)
    column = min(COLUMN, (terminal.width - first) // len(columns))
    room = terminal.width - first - column * len(columns) - 2
    length = 0 if room < SHORTEST else min(LONGEST, room)
    about = said("curve.about_train" if train is not None else "curve.about", call=curve["call"], **curve["images"])
    if train is not None and length:
        about += said("curve.bar", full=FULL, part=PART)
    lines = [terminal.style(curve["network"], "bold"), *wrap(about, terminal.width, "  ")]
    lines.append(pad(curve["argument"], first) + "".join(" " * (column - width(name)) + name for name, _ in columns))
    for place, amount in enumerate(curve["amounts"]):
        figures = "".join(f"{100 * shares[place]:{column}.1f}" for _, shares in columns)
        bar = _bar(yours["test"][place], None if train is None else train[place], length)
        lines.append(f"{pad(f'{amount:g}', first)}{figures}  {bar}".rstrip())
    return [*lines, *wrap(curve["message"], terminal.width, "  ")]


def _bar(test: float, train: float | None, length: int) -> str:
    full = round(test * length)
    more = 0 if train is None else max(0, round(train * length) - full)
    return FULL * full + PART * more
