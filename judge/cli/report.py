"""A report for people: what was tested, what failed first and how, and the command that shows it again."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from judge.cli.layout import cut, hard_wrap, pad, width, wrap
from judge.cli.terminal import Terminal
from judge.domain.problem import TOTAL_SECONDS
from judge.domain.report import Check, Isolation, Report, TestResult
from judge.domain.verdict import Verdict
from judge.message import Message
from judge.sandbox.output import printable
from judge.words import Catalogue
from judge.words.render import sentence

FURTHER = 6  # failed tests that are named behind the first
OUTPUT_LINES = 12  # of what the candidate printed
_GOOD = (Verdict.ACCEPTED,)


class View(Struct, frozen=True):
    """What a report is shown with: words of the package, and the command line that it came from."""

    title: str
    spoken: Catalogue
    catches: Mapping[str, str] = field(default_factory=dict)  # group -> what it is there for, in one line
    theory: bool = False
    file: str = ""  # the file that was judged, as it was named
    again: str = ""  # the command that judges the same once more
    review: str = ""  # the command that tells more about an accepted solution
    essay: tuple[str, ...] = ()  # the points of the rubric, where there is an essay to compare with them


def lines_of(report: Report, view: View, terminal: Terminal) -> list[str]:
    """Return ``report`` as lines for ``terminal``."""
    lines = _head(report, view, terminal)
    lines += _theory(report, view, terminal) if view.theory else _coding(report, view, terminal)
    if report.counterexample is not None:
        lines += _counterexample(report, view, terminal)
    return lines + _foot(report, view, terminal)


def _head(report: Report, view: View, terminal: Terminal) -> list[str]:
    lines = [terminal.style(line, "bold") for line in wrap(view.title, terminal.width)]
    whose = terminal.spoken.text(f"report.graded.{report.graded}")
    facts = [terminal.text("seed", seed=report.seed)]
    if not view.theory and report.isolation != Isolation.FULL:
        facts.append(terminal.spoken.text(f"report.isolation.{report.isolation}"))
    dim = wrap(f"{whose} {printable(view.file)}".rstrip(), terminal.width) + wrap(" · ".join(facts), terminal.width)
    return [*lines, *(terminal.style(line, "dim") for line in dim), ""]


def _coding(report: Report, view: View, terminal: Terminal) -> list[str]:
    groups: dict[str, list[TestResult]] = {}
    for test in report.tests:
        groups.setdefault(test.group, []).append(test)
    unrun = [name for name, tests in groups.items() if all(test.verdict == Verdict.SKIPPED for test in tests)]
    if len(unrun) > 1 and len(unrun) == len(groups) - 1:  # nothing could be run at all
        for name in unrun:
            del groups[name]
    else:
        unrun = []
    column = max(width(_group_name(name, terminal)) for name in groups)
    lines = []
    for name, tests in groups.items():
        bad = [test for test in tests if test.verdict not in (*_GOOD, Verdict.SKIPPED)]
        idle = [test for test in tests if test.verdict == Verdict.SKIPPED]
        if bad:
            said = terminal.text("failed", failed=len(bad), tests=len(tests), idle=len(idle))
        elif idle:
            said = terminal.text("skipped", skipped=len(idle), tests=len(tests))
        else:
            said = terminal.text("passed", tests=len(tests))
        sign = mark(terminal, not bad, bool(idle) and not bad)
        lines.append(f"{sign} {pad(_group_name(name, terminal), column)}  {cut(said, terminal.width - column - 4)}")
    if unrun:
        lines.append(
            f"{mark(terminal, True, True)} {cut(terminal.text('nothing_run', n=len(unrun)), terminal.width - 2)}"
        )
    elif any(test.verdict == Verdict.SKIPPED for test in report.tests):
        seconds = f"{TOTAL_SECONDS:.0f}"
        lines += ["", *wrap(terminal.text("out_of_time", seconds=seconds), terminal.width)]
    failing = [test for test in report.tests if test.verdict not in (*_GOOD, Verdict.SKIPPED)]
    if failing:
        lines += _failing(failing[0], report, view, terminal)
        for one in report.diagnosis:
            lines += ["", _title(terminal, "looks_like")]
            lines += wrap(sentence(view.spoken, one.message), terminal.width, "  ")
        lines += _further(failing[1:], view, terminal)
    return lines


def _group_name(name: str, terminal: Terminal) -> str:
    return terminal.spoken.text("report.check.import") if name == "import" else name


def _failing(test: TestResult, report: Report, view: View, terminal: Terminal) -> list[str]:
    verdict = terminal.spoken.text(f"report.verdict.{test.verdict}")
    lines = ["", f"{mark(terminal, False)} {terminal.style(_group_name(test.name, terminal), 'bold')}  {verdict}"]
    lines.append("")
    for check in test.checks:
        if not check.passed:
            lines += finding(check, view.spoken, terminal)
    lines += printed(test.output, terminal)
    # A cause that is known says more, and what a group looks for is not what stops a program.
    if test.group in view.catches and not report.diagnosis and test.verdict == Verdict.WRONG_ANSWER:
        catches = terminal.spoken.text("report.group", group=test.group, catches=view.catches[test.group])
        lines += ["", *(terminal.style(line, "dim") for line in wrap(catches, terminal.width, "  "))]
    return lines


def printed(output: str, terminal: Terminal) -> list[str]:
    """Return the first lines of what a submission printed; none where it printed nothing."""
    if not output:
        return []
    shown = hard_wrap(printable(output).rstrip("\n"), terminal.width, "  │ ")
    rest = ["  │ …"] if len(shown) > OUTPUT_LINES else []
    return ["", "  " + terminal.text("output"), *shown[:OUTPUT_LINES], *rest]


def finding(check: Check, spoken: Catalogue, terminal: Terminal) -> list[str]:
    """Return what a rule found: its name, and the sentence below it."""
    name = check_name(check.name, terminal)
    lines = [f"  {terminal.style(name, 'red')}"]
    for number, line in enumerate(sentence(spoken, check.detail).split("\n")):
        lines += wrap(line, terminal.width, "    ") if number == 0 or line.strip() else [""]
    return lines


def check_name(name: str, terminal: Terminal) -> str:
    """Return the name of a rule in words."""
    try:
        terminal.spoken.template(f"report.check.{name}")
    except KeyError:  # a rule of the package's own
        return name
    return terminal.spoken.text(f"report.check.{name}")


def _further(tests: list[TestResult], view: View, terminal: Terminal) -> list[str]:
    """Name the first failed test of every group, each in a line."""
    if not tests:
        return []
    firsts = {test.group: test for test in reversed(tests)}
    firsts = {test.group: firsts[test.group] for test in tests}
    several = len(firsts) < len(tests)
    lines = ["", *wrap(terminal.text("further", n=len(tests), groups=several), terminal.width)]
    for test in list(firsts.values())[:FURTHER]:
        check = next((check for check in test.checks if not check.passed), None)
        said = sentence(view.spoken, _bare(check.detail)).split("\n")[0] if check else ""
        lines.append(cut(f"  {test.name}  {said}", terminal.width))
    if len(firsts) > FURTHER:
        lines.append("  " + terminal.text("further_groups", n=len(firsts) - FURTHER))
    return lines


def _bare(detail: Message) -> Message:
    """Return what is wrong without saying in which call: there is one line for it."""
    problem = detail.values.get("problem") if detail.key in ("checks.in_call", "checks.in_this_call") else None
    return problem if isinstance(problem, Message) else detail


def _theory(report: Report, view: View, terminal: Terminal) -> list[str]:
    lines = []
    for test in report.tests:
        lines.append(f"{mark(terminal, test.verdict == Verdict.ACCEPTED)} {terminal.style(test.name, 'bold')}")
        for check in test.checks:
            lines += wrap(sentence(view.spoken, check.detail), terminal.width, "  ")
    if view.essay:
        lines += ["", *wrap(terminal.spoken.text("theory.self_assessment"), terminal.width)]
        for point in view.essay:
            lines += wrap(point, terminal.width, "  [ ] ")
    return lines


def _counterexample(report: Report, view: View, terminal: Terminal) -> list[str]:
    found = report.counterexample
    assert found is not None
    call = printable(found.call)
    lines = ["", *wrap(terminal.text("counterexample", call=call, n=found.numbers), terminal.width)]
    if found.earlier:
        calls = ", ".join(printable(one) for one in found.earlier)
        lines += wrap(terminal.text("earlier", calls=calls), terminal.width, "  ")
    if found.network:
        lines += labelled(terminal.text("network"), printable(found.network), terminal)
    lines += labelled(terminal.text("expected"), sentence(view.spoken, found.expected), terminal)
    got = sentence(view.spoken, found.got)
    if found.got.key == "diagnosis.got.problem":  # which says what was expected, too
        lines += wrap(got, terminal.width, "  ")
    else:
        lines += labelled(terminal.text("got"), got, terminal)
    told = found.got.key == "diagnosis.got.returned"  # nothing more can be said of it
    for message in (None if told else found.detail, found.passing_twin):
        said = "" if message is None else sentence(view.spoken, message)
        if said and not got.startswith(said):  # an exception, or what is no answer at all, has been told
            lines += wrap(said, terminal.width, "  ")
    lines.append("")
    for line in printable(found.snippet).rstrip("\n").split("\n"):  # not broken: it is there to be copied
        lines.append(terminal.style(f"    {line}", "cyan") if line else "")
    return lines


def labelled(label: str, text: str, terminal: Terminal) -> list[str]:
    """Return a label with what it stands for: a sentence behind it, a table below it."""
    if "\n" not in text and "  " not in text:
        space = "" if label.endswith("：") else " "  # a full-width colon brings its own
        return wrap(text, terminal.width, f"  {label}{space}", "    ")
    return [f"  {label}", *hard_wrap(text, terminal.width, "    ")]


def _foot(report: Report, view: View, terminal: Terminal) -> list[str]:
    lines = [""]
    for note in report.notes if report.verdict != Verdict.JUDGE_ERROR else ():  # a fault stands among the tests
        lines += wrap(sentence(view.spoken, note), terminal.width)
    margin = _margin(report) if report.verdict == Verdict.ACCEPTED else None
    if margin is not None:
        lines += wrap(terminal.text("margin", **margin.values), terminal.width)
    if lines != [""]:
        lines.append("")
    accepted = report.verdict == Verdict.ACCEPTED
    verdict = terminal.style(
        terminal.spoken.text(f"report.verdict.{report.verdict}"), "bold", "green" if accepted else "red"
    )
    score = terminal.spoken.text("report.score", score=report.score)
    seconds = terminal.text("seconds", seconds=f"{report.seconds:.1f}")
    first, rest = f"{mark(terminal, accepted)} {verdict}", f"{score} · {seconds}"
    lines += [f"{first} · {rest}"] if width(f"{first} · {rest}") <= terminal.width else [first, f"  {rest}"]
    if view.again:
        lines.append(terminal.style(terminal.text("again", command=printable(view.again)), "dim"))
    if view.review and accepted:
        lines.append(terminal.style(terminal.text("review", command=printable(view.review)), "dim"))
    return lines


def _margin(report: Report) -> Message | None:
    """Return the narrowest margin of all tests, as the message of the check that has it."""
    worst: Message | None = None
    nearest = 0.0
    for test in report.tests:
        for check in test.checks:
            if check.detail.key == "checks.margin":
                share = check.detail.values["error"] / check.detail.values["limit"]
                if share > nearest:
                    worst, nearest = check.detail, share
    return worst


def _title(terminal: Terminal, key: str, **values: object) -> str:
    return terminal.style(terminal.text(key, **values), "bold")


def mark(terminal: Terminal, good: bool, idle: bool = False) -> str:
    """Return the sign for good or bad; ``idle`` for what was not run."""
    if idle:
        return terminal.style("-", "dim")
    return terminal.style("✓", "green") if good else terminal.style("✗", "red")
