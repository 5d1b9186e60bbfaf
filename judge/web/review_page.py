"""The page of a review: comments with their figures, accuracy curves, and questions about this very run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from judge.domain.problem import Problem, TheoryProblem
from judge.domain.report import Report
from judge.review import grade_answers, review_json
from judge.store.base import Row
from judge.theory import review as essay_of
from judge.theory import run_problem
from judge.web import intake, pages, view
from judge.web.api import row_of, state_of
from judge.web.language import language_of
from judge.web.pictures.curves import curves, key
from judge.web.problems_details import Refused, details
from judge.web.render import render
from judge.web.review import reviewable, reviews_of
from judge.web.visitor import whose
from judge.words import words
from judge.words.render import report_json, sentence

PATIENCE = 2.0  # seconds that the page waits for a review to be worked out, before it says that it is


async def page(request: Request) -> Response:
    """Show the review, or that it is being worked out; that page asks again by itself."""
    return await _page(request, None, PATIENCE)


async def answered(request: Request) -> Response:
    """Grade the answers of the page's form, and show them beside what is right. Nothing of it is kept."""
    return await _page(request, await pages.form_of(request), None)


async def _page(request: Request, fields: dict[str, list[str]] | None, seconds: float | None) -> Response:
    row = await row_of(request)
    problem, report = await asyncio.to_thread(reviewable, state_of(request), row)
    found = await reviews_of(request).of(row, problem, report, whose(request), seconds)
    if found is None:
        return render(request, "review_wait.html", 202, row=row, title=problem.title[language_of(request)])
    return await asyncio.to_thread(_shown, request, row, problem, report, found, fields)


def _shown(
    request: Request, row: Row, problem: Problem, report: Report, found: Any, fields: dict[str, list[str]] | None
) -> Response:
    language = language_of(request)
    shown = review_json(found, problem, report, language)
    values: dict[str, Any] = {"refused": None, "answers": None, "filled": {}, "written": "", "essay": None}
    asked = run_problem(problem, report)
    if asked is not None and fields is not None:
        values |= _graded(asked, problem, report, fields, language)
    return render(
        request,
        "review.html",
        200 if values["refused"] is None else values["refused"].status,
        row=row,
        title=problem.title[language],
        review=shown,
        charts=[chart for curve in shown["curves"] for chart in charts_of(curve, language)],
        findings=details(values["refused"], language, "").get("errors", []) if values["refused"] else [],
        message=sentence(words(language), values["refused"].message) if values["refused"] else "",
        **{name: value for name, value in values.items() if name != "refused"},
    )


def _graded(
    asked: TheoryProblem, problem: Problem, report: Report, fields: dict[str, list[str]], language: str
) -> dict[str, Any]:
    answers, essay = intake.form_answers(fields, asked), fields.get("essay", [""])[0]
    filled = {"answers": answers, "essay": essay}
    try:
        sheet = intake.sheet(asked, report.seed, answers, essay)
    except Refused as refused:
        return {"refused": refused, "filled": filled}
    graded = report_json(grade_answers(problem, report, sheet.content), language)
    return {
        "answers": view.answered(asked, answers, graded, language),
        "graded": graded,
        "written": essay.strip(),
        "essay": essay_of(asked, language),
    }


def charts_of(curve: dict[str, Any], language: str) -> list[dict[str, Any]]:
    """Return the charts of one network: on the test images, and on the training images where they were asked, too."""
    say = words(language).text
    return [_chart(curve, images, say) for images in ("test", "train") if curve["series"][0][images] is not None]


def _chart(curve: dict[str, Any], images: str, say: Any) -> dict[str, Any]:
    series = [{"id": one["id"], "label": one["label"], "points": one[images]} for one in curve["series"]]
    title = say(f"web_pictures.curves.{images}", network=curve["network"], n=curve["images"][images])
    ends = ", ".join(f"{one['label']} {_percent(one['points'][0])} – {_percent(one['points'][-1])}" for one in series)
    return {
        "title": title,
        "call": curve["call"],
        "picture": curves(curve["amounts"], sorted(series, key=_depth), curve["argument"], f"{title}: {ends}"),
        "legend": [{"picture": key(one["id"], one["label"]), "label": one["label"]} for one in series],
        "head": [curve["argument"], *(one["label"] for one in series)],
        "rows": [
            [f"{amount:.4g}", *(_percent(one["points"][at]) for one in series)]
            for at, amount in enumerate(curve["amounts"])
        ],
        "message": curve["message"] if images == "test" else "",
    }


def _depth(series: Mapping[str, Any]) -> int:
    """The reference lies above one's own line, which is broader: mostly they are the same."""
    return ("random", "yours", "reference").index(series["id"])


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
