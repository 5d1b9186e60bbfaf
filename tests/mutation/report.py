"""REPORT.md: scores, survivors, reasons."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tests.mutation import checkers, domain, solutions

REASONS = Path(__file__).with_name("survivors.toml")

HEAD = """# Mutation report

Made by `python tests/mutation`; `python -m pytest tests/mutation` judges a fixed slice.

"""


@cache
def reasons() -> dict[str, dict[str, str]]:
    """Return for each checker module or solution the mutants that may live, without their lines, and why."""
    return tomllib.loads(REASONS.read_text("utf-8"))


def bare(label: str) -> str:
    """Return a label without its line number, which moves."""
    return re.sub(r"^line \d+: ", "", label)


def reason(owner: str, label: str) -> str | None:
    """Return why a mutant may live, or ``None``."""
    return reasons().get(owner, {}).get(bare(label))


def written(fates: Sequence[solutions.Fate], own: Sequence[checkers.Fate], every: int) -> tuple[str, int]:
    """Return the report and the number of survivors that have no reason."""
    head = (
        HEAD
        if every == 1
        else HEAD + f"Of the mutants of solutions one in {every}, evenly spread (`--every {every}`).\n\n"
    )
    first, open_first = of_solutions(fates)
    second, open_second = of_checkers(own)
    return head + first + "\n" + second, open_first + open_second


def of_solutions(fates: Sequence[solutions.Fate]) -> tuple[str, int]:
    """Mutants of right solutions against the hidden tests."""
    lines = [
        "## Mutants of right solutions against the hidden tests",
        "",
        f"Single mutants, and {solutions.PAIRS} pairs of each solution drawn with a fixed seed, on the seeds "
        f"{', '.join(map(str, solutions.SEEDS))}.",
        "Killed: rejected on every seed. Equivalent: accepted, and no wrong answer on",
        f"the whole small domain (domain.py: all tensors of a few values, both scopes or norms, all counts, and "
        f"{domain.DRAWN} drawn",
        "calls), by the oracle's decision.",
        "",
        "| problem | solution | mutants | killed | equivalent | survived |",
        "|---|---|---:|---:|---:|---:|",
    ]
    owners = list(dict.fromkeys((fate.problem, fate.solution) for fate in fates))
    for owner in owners:
        states = Counter(fate.state for fate in fates if (fate.problem, fate.solution) == owner)
        lines.append(_row(*owner, sum(states.values()), states["killed"], states["equivalent"], states["survived"]))
    states = Counter(fate.state for fate in fates)
    judged = states["killed"] + states["survived"]
    lines.append(_row("all", "", len(fates), states["killed"], states["equivalent"], states["survived"]))
    lines += ["", f"Score: {states['killed']} of {judged}, {states['killed'] / max(1, judged):.2%}.", ""]
    survivors = [fate for fate in fates if fate.state == "survived"]
    lines += ["### Survivors", ""] + ([] if survivors else ["None.", ""])
    open_ends = 0
    for fate in survivors:
        why = reason(fate.solution, fate.mutant.label)
        open_ends += why is None
        seeds = ", ".join(str(seed) for seed in solutions.SEEDS if seed not in fate.killed)
        lines.append(f"- {fate.problem}, {fate.solution}: `{fate.mutant.label}`: accepted on the seeds {seeds}.")
        lines.append(f"  Reason: {why or 'none yet'}." + (f" Wrong on: {fate.difference}" if fate.difference else ""))
    lines += ["", "### First group to reject, by number of mutants (seed 1)", ""]
    for problem in solutions.CHOSEN:
        groups = Counter(fate.killed.get(1, "") for fate in fates if fate.problem == problem and fate.state == "killed")
        told = ", ".join(f"{name or 'import'} {number}" for name, number in groups.most_common())
        lines += [f"{problem}: {told}.", ""]
    lines += ["### Equivalent mutants", ""]
    for fate in fates:
        if fate.state == "equivalent":
            why = reason(fate.solution, fate.mutant.label)
            lines.append(f"- {fate.problem}, {fate.solution}: `{fate.mutant.label}`" + (f": {why}" if why else ""))
    return "\n".join(lines) + "\n", open_ends


def of_checkers(own: Sequence[checkers.Fate]) -> tuple[str, int]:
    """Mutants of the checkers against their tables."""
    lines = [
        "## Mutants of the checkers against their tables",
        "",
        "| module | mutants | killed | equivalent, with a reason below | survived |",
        "|---|---:|---:|---:|---:|",
    ]
    living = [fate for fate in own if not fate.killed]
    excused = [fate for fate in living if reason(fate.module, fate.mutant.label)]
    for module in [*dict.fromkeys(fate.module for fate in own), ""]:
        here = [fate for fate in own if fate.module == module or not module]
        dead = sum(bool(fate.killed) for fate in here)
        fine = sum(fate in excused for fate in here)
        lines.append(_row(module or "all", len(here), dead, fine, len(here) - dead - fine))
    dead, judged = len(own) - len(living), len(own) - len(excused)
    lines += ["", f"Score: {dead} of {judged}, {dead / max(1, judged):.2%}; of all, {dead / max(1, len(own)):.2%}.", ""]
    lines += ["### Survivors", ""]
    for fate in living:
        lines.append(f"- {fate.module}: `{fate.mutant.label}`: {reason(fate.module, fate.mutant.label) or 'no reason'}")
    return "\n".join(lines) + "\n", len(living) - len(excused)


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"
