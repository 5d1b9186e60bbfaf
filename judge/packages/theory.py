"""A theory package's ``checks.toml``, ``essay.toml`` and reference sheet, read into a :class:`Bank`.

Every finding about the package is collected before :class:`BrokenPackage` is raised, so an author sees all at once.
The format is described in ``problems/README.md``.
"""

from __future__ import annotations

import importlib.util
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from judge.domain.problem import LANGUAGES, Problem, Text, TheoryProblem
from judge.errors import BrokenPackage
from judge.message import Message
from judge.packages.bank import (
    Bank,
    ConceptCheck,
    Draw,
    Essay,
    FollowUp,
    ModelAnswer,
    Option,
    QuestionKind,
    RubricPoint,
    Slip,
    Source,
)

PASS_MARK = 0.8
TICKS = ("good", "partial", "missing")
_ID = re.compile(r"[a-z][a-z0-9_]*")


class _Table:
    """A table of a TOML file: reads fields, notes what is missing, of a wrong type, or unknown."""

    def __init__(self, where: str, table: Any, findings: list[Message]) -> None:
        self.where, self.findings, self._read = where, findings, set[str]()
        self._table: Mapping[str, Any] = table if isinstance(table, Mapping) else {}
        if not isinstance(table, Mapping):
            self.find("type", expected="table", field="")

    def find(self, key: str, **values: Any) -> None:
        self.findings.append(Message(f"theory.package.{key}", {"where": self.where, **values}))

    def get(self, field: str, types: type | tuple[type, ...], default: Any = None, *, needed: bool = False) -> Any:
        self._read.add(field)
        value = self._table.get(field)
        if value is None:
            if needed:
                self.find("missing", field=field)
            return default
        if not isinstance(value, types) or (isinstance(value, bool) and types is not bool):
            expected = types if isinstance(types, type) else types[0]
            self.find("type", field=field, expected=expected.__name__)
            return default
        return value

    def text(self, field: str, *, needed: bool = True) -> Text:
        """Return the words of ``field`` in every language: ``field.en`` and ``field.zh``."""
        table = self.get(field, dict, {}, needed=needed)
        return self._languages(table, field) if table else {}

    def own_text(self) -> Text:
        """Return the words that stand in this table itself, under the languages' names."""
        return self._languages({name: self.get(name, str) for name in LANGUAGES}, "")

    def _languages(self, table: Mapping[str, Any], field: str) -> Text:
        for name in table.keys() - set(LANGUAGES):
            self.find("unknown", field=f"{field}.{name}")
        text = {name: value.strip() for name in LANGUAGES if isinstance(value := table.get(name), str)}
        for name in LANGUAGES:
            if not text.get(name):
                self.find("language", field=field or "text", language=name)
        return {name: text.get(name, "") for name in LANGUAGES}

    def tables(self, field: str, *, needed: bool = False) -> list[_Table]:
        """Return the tables of an array of tables, each named by its own ``name``, ``id`` or place."""
        rows = self.get(field, list, [], needed=needed)
        made = []
        for place, row in enumerate(rows, start=1):
            own = row.get("name") or row.get("id") if isinstance(row, Mapping) else None
            made.append(_Table(f"{self.where} {field} {own or place}", row, self.findings))
        return made

    def close(self) -> None:
        for field in self._table.keys() - self._read:
            self.find("unknown", field=field)


def load_theory(base: Problem, manifest: Mapping[str, Any]) -> TheoryProblem:
    """Return the theory problem whose common part is ``base``; ``manifest`` is its parsed ``problem.toml``.

    Raises:
        BrokenPackage: with everything that is wrong in ``problem.toml``'s ``pass_mark``, ``checks.toml``,
            ``essay.toml``, ``generator.py`` and the reference sheet.

    """
    findings: list[Message] = []
    bank = read_bank(base.folder, base.reference, findings)
    pass_mark = manifest.get("pass_mark", PASS_MARK)
    if isinstance(pass_mark, bool) or not isinstance(pass_mark, (int, float)) or not 0 < pass_mark <= 1:
        findings.append(Message("theory.package.pass_mark", {"where": "problem.toml"}))
    if findings:
        raise BrokenPackage(base.name, findings)
    common = {name: getattr(base, name) for name in Problem.__struct_fields__}
    return TheoryProblem(**common, pass_mark=float(pass_mark), bank=bank)


def read_bank(folder: Path, reference: Path | None, findings: list[Message]) -> Bank:
    """Read the bank of the package in ``folder``; what is wrong is added to ``findings``, and the rest is read on."""
    top = _Table("checks.toml", _toml(folder / "checks.toml", findings), findings)
    module = _generator(folder, findings)
    checks = tuple(_check(table, module) for table in top.tables("check", needed=True))
    sources = {
        key: _source(_Table(f"checks.toml sources.{key}", value, findings))
        for key, value in top.get("sources", dict, {}, needed=True).items()
    }
    top.close()
    for check_id in _doubles(check.id for check in checks):
        top.find("double", name=check_id)
    for check in checks:
        for key in check.sources:
            if key not in sources:
                top.find("source", field=check.id, name=key)
    essay = _essay(_Table("essay.toml", _toml(folder / "essay.toml", findings), findings))
    sheet: Mapping[str, Any] = {}
    if reference is not None:
        sheet = _toml(reference, findings)
    answers = sheet.get("answers", {})
    return Bank(
        checks, essay, sources, answers if isinstance(answers, Mapping) else {}, str(sheet.get("essay", "")).strip()
    )


def _toml(path: Path, findings: list[Message]) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        findings.append(Message("theory.package.no_file", {"where": path.name}))
    except (ValueError, RecursionError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        findings.append(Message("theory.package.toml", {"where": path.name, "reason": str(error)}))
    return {}


def _generator(folder: Path, findings: list[Message]) -> ModuleType | None:
    path = folder / "generator.py"
    if not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location(f"_theory_{folder.name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # a package's code may raise anything; it is a finding, not our crash
        reason = f"{type(error).__name__}: {error}"
        findings.append(Message("theory.package.generator", {"where": path.name, "reason": reason}))
        return None
    return module


def _check(table: _Table, module: ModuleType | None) -> ConceptCheck:
    check_id = table.get("id", str, "", needed=True)
    if not _ID.fullmatch(check_id):
        table.find("id", name=check_id)
    kind_name = table.get("kind", str, "", needed=True)
    kind = QuestionKind.SINGLE
    if kind_name in list(QuestionKind):
        kind = QuestionKind(kind_name)
    else:
        table.find("kind", name=kind_name)
    options = tuple(_option(row, kind) for row in table.tables("option"))
    slips = tuple(_slip(row) for row in table.tables("slip"))
    for name in _doubles([option.name for option in options] + [slip.name for slip in slips]):
        table.find("double", name=name)
    numeric = kind is QuestionKind.NUMERIC
    unit = table.get("unit", (str, dict)) if numeric else None
    check = ConceptCheck(
        id=check_id,
        kind=kind,
        weight=table.get("weight", (int, float), 1),
        prompt=table.text("prompt"),
        explain=table.text("explain"),
        options=options,
        shown=table.get("shown", int, len(options)),
        slips=slips,
        otherwise=table.text("otherwise") if numeric else {},
        unit=dict.fromkeys(LANGUAGES, unit) if isinstance(unit, str) else unit,
        tolerance=table.get("tolerance", (int, float), needed=True) if numeric else None,
        sources=tuple(table.get("sources", list, [])),
        contested=table.get("contested", bool, False),
        draw=_draw(table, module),
    )
    table.close()
    _sound(check, table.find)
    return check


def _draw(table: _Table, module: ModuleType | None) -> Draw | None:
    name = table.get("draw", str)
    if name is None:
        return None
    function: Draw | None = getattr(module, name, None)
    if not callable(function):
        table.find("draw", name=name)
        return None
    return function


def _option(table: _Table, kind: QuestionKind) -> Option:
    right = table.get("right", bool, False)
    needed = not (right and kind.one_option)
    option = Option(
        name=table.get("name", str, "", needed=True),
        text=table.own_text(),
        right=right or kind is QuestionKind.ORDERING,
        feedback=table.text("feedback", needed=needed and kind is not QuestionKind.ORDERING),
        value=table.get("value", bool, needed=kind is QuestionKind.TRUE_FALSE),
    )
    table.close()
    return option


def _slip(table: _Table) -> Slip:
    slip = Slip(table.get("name", str, "", needed=True), table.text("feedback"))
    table.close()
    return slip


def _sound(check: ConceptCheck, find: Callable[..., None]) -> None:
    """Find what no drawing could mend: no right option, too few options, a numeric check without a number."""
    right = [option for option in check.options if option.right]
    if check.weight <= 0:
        find("weight")
    if check.kind is QuestionKind.NUMERIC:
        if check.draw is None:
            find("missing", field="draw")
        if check.options:
            find("unknown", field="option")
        if check.tolerance is not None and check.tolerance < 0:
            find("tolerance")
        return
    if check.slips:
        find("unknown", field="slip")
    if not 2 <= check.shown <= min(26, len(check.options)):
        find("shown", shown=check.shown, options=len(check.options))
    elif check.kind.one_option and (not right or len(check.options) - len(right) < check.shown - 1):
        find("right", right=len(right), shown=check.shown)
    elif check.kind is QuestionKind.MULTIPLE and not right:
        find("right", right=0, shown=check.shown)
    if check.kind is QuestionKind.ORDERING:
        for option in check.options[1:]:
            if not option.feedback:
                find("missing", field=f"option {option.name} feedback")


def _source(table: _Table) -> Source:
    source = Source(table.get("citation", str, "", needed=True), table.get("url", str, ""))
    table.close()
    return source


def _essay(table: _Table) -> Essay:
    rubric = []
    for row in table.tables("rubric", needed=True):
        rubric.append(RubricPoint(row.text("point"), row.text("good"), row.text("partial"), row.text("missing")))
        row.close()
    answers = []
    for row in table.tables("model_answer", needed=True):
        ticks = tuple(row.get("ticks", list, [], needed=True))
        if len(ticks) != len(rubric) or not set(ticks) <= set(TICKS):
            row.find("ticks", points=len(rubric))
        answers.append(ModelAnswer(row.text("level"), row.own_text(), ticks))
        row.close()
    follow_ups = []
    for row in table.tables("follow_up", needed=True):
        follow_ups.append(FollowUp(row.text("question"), row.text("answer")))
        row.close()
    essay = Essay(table.text("prompt"), tuple(rubric), tuple(answers), tuple(follow_ups))
    table.close()
    return essay


def _doubles(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [name for name in names if name in seen or seen.add(name)]  # type: ignore[func-returns-value]
