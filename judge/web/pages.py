"""The pages. They are whole without scripts; ``static/judge.js`` only makes them more comfortable."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from judge.domain.plain import report_from_plain, test_from_plain
from judge.domain.problem import CodingProblem, Problem, TheoryProblem
from judge.domain.submission import fresh_seed
from judge.errors import UsageError
from judge.sandbox.output import printable
from judge.store.base import Row, Status
from judge.web import intake, progress, view, visitor
from judge.web.api import problem_of, row_of, state_of
from judge.web.guard import read_body
from judge.web.language import language_of
from judge.web.openapi import document
from judge.web.pictures import gallery
from judge.web.problems_details import Refused, details, wants_page
from judge.web.render import render
from judge.words import words
from judge.words.language import LANGUAGES
from judge.words.render import problem_json, report_json, sentence, test_json

PATIENCE = 2.5  # seconds that a form's answer waits for its verdict, so that it is mostly there when the page is
_FORM = "application/x-www-form-urlencoded"


async def start(request: Request) -> Response:
    language = language_of(request)
    state = state_of(request)

    def rows() -> list[dict[str, Any]]:
        return view.problems_of(state.service.library, language, progress.summaries(request))

    return render(request, "start.html", problems=await asyncio.to_thread(rows))


async def about(request: Request) -> Response:
    return render(request, "about.html")


async def docs(request: Request) -> Response:
    return render(request, "docs.html", document=document(), pretty=lambda part: json.dumps(part, indent=2))


async def problem(request: Request) -> Response:
    loaded = await asyncio.to_thread(load, request)
    seed = intake.seed_of(request.query_params.get("seed"))
    filled: dict[str, Any] = {}
    origin = request.query_params.get("from")
    if origin:
        row = await asyncio.to_thread(state_of(request).store.get, origin)
        if row is None or row.submission.problem != loaded.name:
            raise Refused(404, "web.error.no_submission", id=origin[:64])
        if isinstance(loaded, CodingProblem):
            filled["source"] = source_of(row)
            if "own" in request.query_params and row.report is not None:
                filled["call"] = (row.report["counterexample"] or {}).get("snippet", "")
        else:
            sheet = view.sheet_of(row)
            filled = {"answers": sheet.get("answers", {}), "essay": sheet.get("essay", "")}
            seed = row.submission.seed
    return await asyncio.to_thread(_problem_page, request, loaded, seed, filled)


def make(request: Request) -> Response:
    """Return the page of the request's problem as it first looks."""
    return _problem_page(request, load(request), None, {})


def source_of(row: Row) -> str:
    """Return what was handed in as text that can be shown."""
    return row.submission.content.decode("utf-8", "replace").removeprefix("\ufeff")


def load(request: Request) -> Problem:
    return state_of(request).service.library.by_name(request.path_params["name"])


def _problem_page(
    request: Request,
    loaded: Problem,
    seed: int | None,
    filled: dict[str, Any],
    refused: Refused | None = None,
    outcome: dict[str, Any] | None = None,
) -> Response:
    language = language_of(request)
    if isinstance(loaded, TheoryProblem) and seed is None:
        seed = fresh_seed()
    shown = problem_json(loaded, language, seed)
    return render(
        request,
        "theory.html" if isinstance(loaded, TheoryProblem) else "coding.html",
        200 if refused is None else refused.status,
        problem=shown,
        hints=loaded.hints[language],
        seed=seed,
        source=filled.get("source", shown.get("starter", "")),
        filled=filled,
        message="" if refused is None else sentence(words(language), refused.message),
        findings=[] if refused is None else details(refused, language, "").get("errors", []),
        has_reference=loaded.reference is not None,
        has_samples=bool(view.sample_groups(loaded)),
        mine=[one for one in progress.summaries(request) if one.problem == loaded.name],
        call=filled.get("call") or view.example_of(loaded) if view.takes_own_input(loaded) else None,
        own_open=request.url.path.endswith("/try") or "own" in request.query_params,
        outcome=outcome,
    )


async def submit(request: Request) -> Response:
    """Take a form; answer with the submission's page, or with the same form and what is wrong with it."""
    loaded = await asyncio.to_thread(load, request)
    fields = await form_of(request)
    try:
        handed_in = await asyncio.to_thread(intake.from_form, fields, loaded)
    except Refused as refused:
        if not wants_page(request) or refused.status not in (413, 422):
            raise
        return await asyncio.to_thread(again, request, loaded, fields, refused)
    state = state_of(request)
    identifier = await state.submit(handed_in, visitor.whose(request))
    await state.until_done(identifier, PATIENCE)
    response = RedirectResponse(f"/submissions/{identifier}{wish_of(request)}", 303)
    visitor.remember(request, response, identifier)
    return response


async def form_of(request: Request) -> dict[str, list[str]]:
    """Return the fields of the form that was sent. Raises :class:`Refused`."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise Refused(415, "web.error.media", wanted=_FORM)
    return intake.form_fields(await read_body(request))


def wish_of(request: Request) -> str:
    """Return the query that asks for the language that ``request`` asked for by its address."""
    wish = request.query_params.get("lang")
    return f"?lang={wish}" if wish in LANGUAGES else ""


def again(
    request: Request,
    loaded: Problem,
    fields: dict[str, list[str]],
    refused: Refused | None,
    outcome: dict[str, Any] | None = None,
) -> Response:
    """Return the problem's page with the form as it was sent, and what is wrong with it or what came of it."""

    def first(name: str) -> str:
        return fields.get(name, [""])[0].encode("utf-8", "replace").decode()

    try:
        seed = intake.seed_of(first("seed"))
    except Refused:
        seed = None
    filled: dict[str, Any] = {}
    if isinstance(loaded, TheoryProblem):
        filled = {"answers": intake.form_answers(fields, loaded), "essay": first("essay")}
    elif "source" in fields:
        filled = {name: first(name) for name in ("source", "call") if name in fields}
    return _problem_page(request, loaded, seed, filled, refused, outcome)


async def reference(request: Request) -> Response:
    loaded = await asyncio.to_thread(load, request)
    seed = intake.seed_of(request.query_params.get("seed"))
    if loaded.reference is None:
        raise UsageError("errors.no_reference", name=loaded.name)
    return await asyncio.to_thread(_reference_page, request, loaded, seed)


def _reference_page(request: Request, loaded: Problem, seed: int | None) -> Response:
    language = language_of(request)
    source, questions, essay = "", [], None
    if isinstance(loaded, TheoryProblem):
        from judge.theory import present, review, worked

        seed = fresh_seed() if seed is None else seed
        shown = present(loaded, seed, language)["questions"]
        solutions = worked(loaded, seed, language)
        questions = [{**question, **solution} for question, solution in zip(shown, solutions, strict=True)]
        essay = review(loaded, language)
    elif loaded.reference is not None:
        source = loaded.reference.read_text("utf-8")
    return render(
        request,
        "reference.html",
        problem=loaded,
        title=loaded.title[language],
        seed=seed,
        source=source,
        questions=questions,
        essay=essay,
        explanation=loaded.explanation[language],
    )


async def submission(request: Request) -> Response:
    row = await row_of(request)
    if row.status is not Status.DONE:
        # Whoever reloads, by hand or by the page's refresh, mostly waits for the last few tests.
        await state_of(request).until_done(row.id, 0.2)
        row = await row_of(request)
    return await asyncio.to_thread(_submission_page, request, row)


def _submission_page(request: Request, row: Row) -> Response:
    language = language_of(request)
    state = state_of(request)
    loaded = problem_of(state, row.submission.problem)
    values: dict[str, Any] = {
        "row": row,
        "problem": loaded,
        "title": row.submission.problem if loaded is None else loaded.title[language],
        "source": printable(source_of(row)),  # what is read is in the order in which it runs
    }
    if row.report is None:
        tests = [test_json(test_from_plain(test), language, loaded) for _, test in state.store.tests(row.id, 0)]
        values["groups"] = view.groups_of(tests, loaded, language)
        values["events"] = f"/api/submissions/{row.id}/events?lang={language}"
        return render(request, "running.html", **values)
    result = report_json(report_from_plain(row.report), language, loaded)
    found = result["counterexample"]
    values |= {
        "result": result,
        "pictures": found and gallery.tensors(found, found["got"], found["expected"], words(language).text),
        "can_try": found is not None and loaded is not None and view.takes_own_input(loaded),
        "mark": view.mark_of(result["verdict"]),
        "groups": view.groups_of(result["tests"], loaded, language),
        "command": view.command_of(result, loaded),
        "theory": isinstance(loaded, TheoryProblem),
        "answers": None,
        "essay": None,
        "written": "",
    }
    if isinstance(loaded, TheoryProblem):
        from judge.theory import review

        values["answers"] = view.answers_of(loaded, row, result, language)
        values["written"] = str(view.sheet_of(row).get("essay", "")).strip()
        values["essay"] = review(loaded, language)
    return render(request, "submission.html", **values)


async def error(request: Request, refused: Refused) -> Response:
    """Return the page that says what an error's problem details say."""
    shown = details(refused, language_of(request), request.url.path)
    response = render(request, "error.html", refused.status, problem=shown)
    response.headers.update(refused.headers)
    return response
