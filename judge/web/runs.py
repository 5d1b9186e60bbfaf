"""Running code without handing it in: the samples of the statement, and an input of one's own. Nothing of it is kept.

The answer is the problem's page with the outcome beside the editor. A script asks for the same page and takes the
outcome out of it, so that there is one rendering for both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from judge.domain.problem import CodingProblem
from judge.domain.submission import Submission
from judge.service import Service
from judge.web import intake, pages, trial, view
from judge.web.api import state_of
from judge.web.language import language_of
from judge.web.pictures import gallery
from judge.web.problems_details import Refused
from judge.web.visitor import whose
from judge.words import words
from judge.words.render import report_json

Fields = dict[str, list[str]]
Run = Callable[[Service, CodingProblem, Submission, Fields, str], dict[str, Any]]


async def back(request: Request) -> Response:
    """A run is the answer to a form; whoever asks for its address is shown the problem."""
    name = (await asyncio.to_thread(pages.load, request)).name
    return RedirectResponse(f"/problems/{name}{pages.wish_of(request)}", 303)


async def samples(request: Request) -> Response:
    """Judge the fixed tests of the statement alone."""
    return await _outcome(request, bool(view.sample_groups(await asyncio.to_thread(pages.load, request))), _samples)


async def own(request: Request) -> Response:
    """Run the solution and the reference on the call that the form holds."""
    return await _outcome(request, view.takes_own_input(await asyncio.to_thread(pages.load, request)), _own)


async def _outcome(request: Request, offered: bool, run: Run) -> Response:
    """Answer with the problem's page, the form as it was sent, and what came of ``run``."""
    loaded = await asyncio.to_thread(pages.load, request)
    if not isinstance(loaded, CodingProblem) or not offered:
        raise Refused(404, "web.error.no_route")
    fields = await pages.form_of(request)
    state, language = state_of(request), language_of(request)
    shown = None
    refusal = None
    try:
        submission = await asyncio.to_thread(intake.from_form, fields, loaded)
        shown = await state.run(lambda: run(state.service, loaded, submission, fields, language), whose(request))
    except Refused as refused:
        if refused.status not in (413, 422):
            raise
        refusal = refused
    return await asyncio.to_thread(pages.again, request, loaded, fields, refusal, shown)


def _samples(
    service: Service, problem: CodingProblem, submission: Submission, fields: Fields, language: str
) -> dict[str, Any]:
    submission = replace(submission, seed=submission.seed or 0)  # their tests are the same for each
    names = view.sample_groups(problem)
    reports = [report_json(service.grade(submission, problem=problem, only=name), language, problem) for name in names]
    result = next((report for report in reports if report["verdict"] != "accepted"), reports[0])
    tests = {test["name"]: test for report in reports for test in report["tests"]}
    groups = view.groups_of(list(tests.values()), problem, language)
    return {
        "kind": "samples",
        "result": result,
        "mark": view.mark_of(result["verdict"]),
        "tests": [test for group in groups for test in group["tests"]],
    }


def _own(
    service: Service, problem: CodingProblem, submission: Submission, fields: Fields, language: str
) -> dict[str, Any]:
    shown = trial.tried(service, problem, submission.content, fields.get("call", [""])[0], language)
    pictures = gallery.tensors(shown, shown["got"], shown["reference"], words(language).text)
    return {"kind": "own", "result": shown, "mark": view.mark_of(shown["verdict"]), "pictures": pictures}
