"""Answer sheets as people write them: validation tells everything and costs nothing, grading is exact."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from theory_loading import load

from judge.domain.problem import LANGUAGES
from judge.domain.submission import Graded
from judge.domain.verdict import Verdict
from judge.errors import InvalidSubmission, UsageError
from judge.message import Message
from judge.theory import MAX_BYTES, grade, reference_sheet, starter
from judge.theory.draw import questions
from judge.words import words

NAME = "what_is_pruning"

# sheet, keys of the findings in order, values that must be among them
MALFORMED: list[tuple[str, list[str], dict[str, Any]]] = [
    ("", ["sheet.no_seed"], {}),
    ("[answers]\ndefinition = 'a'", ["sheet.no_seed"], {}),
    ("seed = '41'", ["sheet.bad_seed"], {"given": "41"}),
    ("seed = 4.0", ["sheet.bad_seed"], {}),
    ("seed = true", ["sheet.bad_seed"], {}),
    ("seed = -1", ["sheet.bad_seed"], {"given": "-1"}),
    ("seed = 9007199254740992", ["sheet.bad_seed"], {}),
    ("seed = 1\nanswer = {}", ["sheet.unknown_field_near"], {"name": "answer", "nearest": "answers"}),
    ("seed = 1\nxyz = 2", ["sheet.unknown_field"], {"name": "xyz"}),
    ("seed = 1\ndefinition = 'a'", ["sheet.outside_answers"], {"name": "definition"}),
    ("seed = 1\nessay = 5", ["sheet.essay_type"], {}),
    ("seed = 1\nanswers = 'abc'", ["sheet.answers_type"], {}),
    ("seed = 1\n[answers]\ndefinitoin = 'a'", ["sheet.unknown_check_near"], {"nearest": "definition"}),
    ("seed = 1\n[answers]\nqqq = 'a'", ["sheet.unknown_check"], {"name": "qqq"}),
    (
        "[answers]\ndefinition = 'z'\nremaining = '5%'\nrounds = 'x'\ncounts_as_pruning = ['a', 'a', 'y']",
        [f"sheet.{key}" for key in ["no_seed", "unknown_option", "percent", "want_number", "unknown_options", "twice"]],
        {},
    ),
    ("seed = 1\n[answers]\nremaining = 56,25", ["toml.comma"], {"line": 3, "column": 15}),
    ("seed = 1\n[answers]\nremaining = 56.25%", ["toml.percent"], {"line": 3}),
    ("seed = 1\n[answers]\nremaining = 56.25 KB", ["toml.unit"], {"line": 3}),
    ("seed = 1\n[answers]\ndefinition = b", ["toml.quotes"], {"line": 3, "column": 14}),
    ("seed = 1\n[answers]\ncounts_as_pruning = [a, b]", ["toml.quotes"], {"line": 3}),
    ("seed = 1\n[answers]\ndefinition =", ["toml.empty"], {"line": 3}),
    ("seed = 1\n[answers]\ndefinition = 'a'\ndefinition = 'b'", ["toml.double"], {"line": 4}),
    ('seed = 1\nessay = """never closed\n[answers]\n', ["toml.essay"], {"line": 4}),
    ("seed = 1\n[answers", ["toml.other"], {"line": 2}),
    ("seed = " + "9" * 5000, ["toml.other"], {}),
    ("seed = 1\nx = " + "[" * 5000, ["sheet.too_deep"], {}),
]


def findings_of(sheet: Any) -> list[Message]:
    with pytest.raises(InvalidSubmission) as raised:
        grade(load(NAME), sheet)
    return list(raised.value.findings)


@pytest.mark.parametrize(("sheet", "keys", "values"), MALFORMED, ids=[repr(row[0][:50]) for row in MALFORMED])
def test_malformed_sheets_are_explained(sheet: str, keys: list[str], values: dict[str, Any]) -> None:
    findings = findings_of(sheet.encode())
    assert [finding.key for finding in findings] == [f"theory.{key}" for key in keys]
    told = {name: value for finding in findings for name, value in finding.values.items()}
    assert values.items() <= told.items()
    for language in LANGUAGES:
        for finding in findings:
            assert 10 < len(words(language).text(finding)) < 400


def test_bytes_that_are_no_text_and_too_many_of_them() -> None:
    assert findings_of(b"seed = 1 # \xff")[0] == Message("theory.sheet.not_utf8", {"byte": 11})
    large = b"seed = 1\n#" + b"x" * MAX_BYTES
    assert findings_of(large)[0].key == "theory.sheet.too_large"


@pytest.mark.parametrize(
    "change", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")], ids=["bom", "crlf"]
)
def test_bom_and_crlf_are_welcome(change: Any) -> None:
    assert grade(load(NAME), change(reference_sheet(load(NAME), 5)).encode()).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_starter_is_not_attempted(language: str) -> None:
    sheet = starter(load(NAME), 7, language, words(language).text("theory.starter"))
    report = grade(load(NAME), sheet.encode())
    assert report.verdict is Verdict.NOT_ATTEMPTED
    assert report.score == 0
    assert {test.verdict for test in report.tests} == {Verdict.NOT_ATTEMPTED}
    for check in load(NAME).bank.checks:
        assert f"# {check.id} = " in sheet
    assert max(len(line) for line in sheet.splitlines()) <= 140


def test_an_essay_alone_is_not_attempted_and_never_counts() -> None:
    assert grade(load(NAME), {"seed": 7, "essay": "words"}).verdict is Verdict.NOT_ATTEMPTED
    sheet = reference_sheet(load(NAME), 7).replace("essay = ", "essay = 'none' # ")
    assert grade(load(NAME), sheet).score == 1


def test_what_is_left_out_is_wrong_and_the_pass_mark_decides() -> None:
    problem = load(NAME)
    lines = reference_sheet(problem, 3).splitlines()
    head, answers = lines[: lines.index("[answers]") + 1], lines[lines.index("[answers]") + 1 :]
    for left_out in range(len(answers)):
        report = grade(problem, "\n".join(head + answers[left_out:]))
        assert report.score == pytest.approx(1 - left_out / len(answers))
        accepted = report.score >= problem.pass_mark
        assert report.verdict is (Verdict.ACCEPTED if accepted else Verdict.WRONG_ANSWER)
        assert [test.name for test in report.tests] == [check.id for check in problem.bank.checks]
        assert sum(test.checks[0].detail.key == "theory.left_out" for test in report.tests) == left_out


def test_a_report_pins_what_it_was_made_with_and_holds_its_own_words() -> None:
    problem = load(NAME)
    asked = {question.check.id: question for question in questions(problem, 9)}
    wrong = next(letter for letter, option in asked["definition"].options.items() if not option.right)
    report = grade(problem, {"seed": 9, "answers": {"definition": wrong, "ratio": -7}}, graded=Graded.REFERENCE)
    assert report.seed == 9
    assert report.versions["problem"] == problem.version
    assert report.graded is Graded.REFERENCE
    option = asked["definition"].options[wrong]
    detail = report.tests[0].checks[0].detail
    for language in LANGUAGES:
        assert option.feedback[language] in words(language).text(detail)
    assert Message.from_plain(detail.to_plain()) == detail
    assert [diagnosis.id for diagnosis in report.diagnosis] == [f"definition.{option.name}"]


def test_the_seed_of_the_call_may_only_repeat_the_sheets() -> None:
    sheet = reference_sheet(load(NAME), 3)
    assert grade(load(NAME), sheet, 3).seed == 3
    with pytest.raises(UsageError):
        grade(load(NAME), sheet, 4)


def test_the_same_sheet_gets_the_same_report() -> None:
    sheet = {"seed": 12, "answers": {"rounds": 4, "definition": "a", "counts_as_pruning": ["b"]}}
    first, second = (grade(load(NAME), sheet) for _ in range(2))
    assert (first.tests, first.score, first.verdict) == (second.tests, second.score, second.verdict)


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from("abcdz"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=6,
)
_ids = st.sampled_from([check.id for check in load(NAME).bank.checks] + ["nope", "", "essay"])


@settings(max_examples=150, deadline=None)
@given(answers=st.dictionaries(_ids, _values, max_size=5), seed=st.integers(0, 2**53 - 1))
def test_any_json_ends_as_findings_or_a_report(answers: dict[str, Any], seed: int) -> None:
    try:
        report = grade(load(NAME), {"seed": seed, "answers": answers})
    except InvalidSubmission as error:
        told = [words(language).text(finding) for finding in error.findings for language in LANGUAGES]
    else:
        told = [words(language).text(test.checks[0].detail) for test in report.tests for language in LANGUAGES]
    assert told
    assert max(map(len, told)) < 1000


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_end_as_findings_or_a_report(content: bytes) -> None:
    findings: tuple[Message, ...] = ()
    try:
        report = grade(load(NAME), content)
    except InvalidSubmission as error:
        findings = error.findings
    assert findings or report.tests
