"""What people do: without scripts, in either language; and what they see while the connection comes and goes."""

from __future__ import annotations

from typing import Any

import pytest
import states

from judge.domain import plain
from judge.domain.report import Isolation, Report
from judge.domain.submission import Graded
from judge.domain.verdict import Verdict


def handed_in(page: Any) -> None:
    """Wait for the verdict; without scripts the page of a running submission asks for itself again."""
    page.locator("#verdict").wait_for()


def shown(page: Any, selector: str, number: int) -> bool:
    """Whether so many are there, no more, once the page has arrived: a click does not wait for what it opens."""
    page.locator(selector).nth(number - 1).wait_for()
    return page.locator(selector).count() == number


@pytest.mark.parametrize(
    ("language", "submit", "samples"), [("en", "Submit", "Run the samples"), ("zh", "提交", "运行样例")]
)
def test_without_scripts(visit: Any, language: str, submit: str, samples: str) -> None:
    page = visit("/", language=language, scripts=False)
    page.locator("a[href='/problems/weight_pruning']").click()
    page.locator(".hints summary").first.click()
    page.locator(".hints details[open] .prose").first.wait_for()
    page.locator("[name=source]").fill(states.SOURCE)
    page.get_by_role("button", name=samples, exact=True).click()
    page.locator("#outcome .outcome-head.bad").wait_for()
    assert page.locator("[name=source]").input_value() == states.SOURCE
    page.get_by_role("button", name=submit, exact=True).click()
    handed_in(page)
    page.locator("#verdict h1").wait_for()
    page.locator("a.switch").click()
    page.locator({"en": "html[lang=zh-Hans]", "zh": "html[lang=en]"}[language]).wait_for()
    page.locator("a[href*='from=']").first.click()
    assert page.locator("[name=source]").input_value() == states.SOURCE
    page.locator("nav a[href^='/progress']").click()
    assert shown(page, ".history li", 1)


def test_theory_without_scripts(visit: Any) -> None:
    page = visit("/problems/what_is_pruning?seed=41", scripts=False)
    page.locator("input[type=radio]").first.check()
    page.locator("[name=essay]").fill("Fewer weights.")
    page.get_by_role("button", name="Submit").click()
    handed_in(page)
    assert shown(page, ".question.answered", 9)
    assert page.locator("blockquote").inner_text() == "Fewer weights."


@pytest.mark.parametrize("language", ["en", "zh"])
def test_questions_about_a_run_of_ones_own(visit: Any, site: Any, language: str) -> None:
    identifier = states.submission(site.state, "accepted")
    page = visit(f"/submissions/{identifier}/review", language=language, scripts=False)
    assert shown(page, ".charts svg.picture.shrinks", 2)  # on test images and on training images
    page.locator(".number input").first.fill("twelve")
    page.locator(".sheet button[type=submit]").click()
    assert shown(page, "[role=alert] li", 1)
    assert page.locator(".number input").first.input_value() == "twelve"
    page.locator(".number input").first.fill("12")
    page.locator("[name=essay]").fill("More than half was lost.")
    page.locator(".sheet button[type=submit]").click()
    page.locator(".question.answered").nth(2).wait_for()
    assert page.locator("blockquote").inner_text() == "More than half was lost."
    wrong = states.submission(site.state, "wrong")
    page.goto(f"/submissions/{wrong}/review")
    assert "409" in page.locator(".crumb").inner_text()


def test_a_theory_draft_survives(visit: Any) -> None:
    page = visit("/problems/what_is_pruning")
    seed = page.locator("[name=seed]").input_value()
    page.locator("input[type=radio]").first.check()
    page.locator("[name=essay]").fill("Fewer weights. 更少的权重。")
    page.reload()  # a page that goes away is kept at once
    assert page.locator("[name=seed]").input_value() == seed
    assert page.locator("input[type=radio]").first.is_checked()
    assert page.locator("[name=essay]").input_value() == "Fewer weights. 更少的权重。"


def test_a_stream_that_broke_off_is_taken_up_again(visit: Any, site: Any) -> None:
    store, hub = site.state.store, site.state.hub
    identifier, claim = states.claimed(site.state, "weight_pruning", states.SOURCE.encode())
    tests = [states.result_of(f"samples-{number}") for number in range(1, 4)]

    def finish(number: int) -> None:
        assert store.record(claim, number, plain.test_to_plain(tests[number - 1]))
        hub.changed(identifier)

    page = visit(f"/submissions/{identifier}")
    finish(1)
    page.get_by_text("samples-1").wait_for()
    site.cut()
    page.locator(".lost").wait_for(state="visible")
    finish(2)
    page.get_by_text("samples-2").wait_for()
    page.locator(".lost").wait_for(state="hidden")
    finish(3)
    page.get_by_text("3 tests finished").wait_for()
    assert page.locator(".live .name").all_inner_texts() == ["samples-3", "samples-2", "samples-1"]
    other = page.context.new_page()  # a second tab sees them all, too
    other.goto(f"/submissions/{identifier}")
    other.get_by_text("3 tests finished").wait_for()
    report = Report(
        problem="weight_pruning",
        verdict=Verdict.ACCEPTED,
        score=1.0,
        seed=7,
        graded=Graded.SUBMISSION,
        seconds=0.1,
        isolation=Isolation.FULL,
        tests=tuple(tests),
        versions={"judge": "0"},
    )
    assert store.finish(claim, plain.report_to_plain(report))
    hub.changed(identifier, done=True)
    for tab in (page, other):
        tab.locator("#verdict[data-verdict=accepted]").wait_for()
