"""``judge doctor``: try every forbidden act in a confined child and tell what became of it."""

from __future__ import annotations

from argparse import Namespace

from judge.cli.layout import pad, width, wrap
from judge.cli.parser import Parser
from judge.cli.terminal import Terminal


def arguments(parser: Parser) -> None:
    del parser  # it has no options of its own


def run(options: Namespace, terminal: Terminal) -> int:
    from judge.sandbox import Sandbox, doctor

    with Sandbox.start() as sandbox:
        isolation = sandbox.isolation
        findings = doctor(sandbox)
    terminal.print(*wrap(terminal.spoken.text(f"report.isolation.{isolation}"), terminal.width), "")
    acts = {finding.act: _act(finding.act, terminal) for finding in findings}
    outcomes = {name: terminal.spoken.text(f"doctor.{name}") for name in ("allowed", "refused", "killed")}
    column = max(width(word) for word in outcomes.values())
    for finding in findings:
        mark = terminal.style("✓", "green") if finding.ok else terminal.style("✗", "red")
        outcome = outcomes.get(finding.outcome, finding.outcome)
        how = f" ({finding.how})" if finding.how else ""
        head = f"{mark} {pad(outcome, column)}  "
        terminal.print(*wrap(acts[finding.act] + how, terminal.width, head, " " * (column + 4)))
    wrong = sum(not finding.ok for finding in findings)
    terminal.print("", terminal.spoken.text("doctor.sum", n=len(findings), wrong=wrong))
    return 1 if wrong else 0


def _act(name: str, terminal: Terminal) -> str:
    try:
        terminal.spoken.template(f"doctor.act.{name}")
    except KeyError:
        return name.replace("_", " ")
    return terminal.spoken.text(f"doctor.act.{name}")
