"""The pages. They need no script: forms are answered by 303, a page that waits for a verdict asks again by itself."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from judge.domain.problem import CodingProblem, Problem, TheoryProblem
from judge.errors import JudgeError
from judge.service import SEED_LIMIT
from judge.store import Status, Stored
from judge.theory import present, review, worked
from judge.web import openapi, views
from judge.web.desk import VISITOR, Desk, new_token, visitor_name, visitor_of
from judge.web.fault import STATUS, Fault, of_error, problem_details, wants_page
from judge.web.handin import fields_of, from_form, read_body, seed_of
from judge.web.language import language_of
from judge.web.live import wait_for
from judge.web.markdown import first_paragraph
from judge.web.render import answer, is_secure
from judge.words import words
from judge.words.render import sentence

_FORM = "application/x-www-form-urlencoded"
_WAIT_SECONDS = 0.4  # that a page waits for a verdict before it says that there is none yet
_YEAR = 365 * 24 * 3600


def router(desk: Desk) -> APIRouter:
    """Return the routes of the pages on ``desk``."""
    routes = APIRouter()

    @routes.get("/")
    def start(request: Request) -> Response:
        return answer(request, "start.html", problems=_problems(desk, request))

    @routes.get("/problems/{name}")
    def problem_page(name: str, request: Request) -> Response:
        problem = desk.library.by_name(name)
        given = _from_earlier(desk, problem, request.query_params.get("from"))
        if "seed" in request.query_params:
            given["seed"] = [str(seed_of(request.query_params["seed"]))]
        return _problem_page(desk, problem, request, given)

    @routes.post("/problems/{name}")
    async def hand_in(name: str, request: Request) -> Response:
        body = await read_body(request, _FORM)
        return await run_in_threadpool(_hand_in, desk, name, body, request)

    @routes.get("/submissions/{identifier}")
    async def submission(identifier: str, request: Request) -> Response:
        stored = await run_in_threadpool(desk.stored, identifier)
        if stored.status != Status.DONE:
            with desk.live.watch(identifier) as news:
                for _ in range(2):  # it begins, and with luck it ends
                    await wait_for(news, _WAIT_SECONDS / 2)
            stored = await run_in_threadpool(desk.stored, identifier)
        return await run_in_threadpool(_submission_page, desk, stored, request)

    @routes.post("/submissions/{identifier}")
    async def tick(identifier: str, request: Request) -> Response:
        fields = fields_of(await read_body(request, _FORM))
        ticks = [int(one) for one in fields.get("tick", []) if one.isdecimal() and len(one) < 3]
        if not await run_in_threadpool(desk.store.tick, identifier, ticks[:50]):
            raise Fault("unknown_submission")
        return RedirectResponse(f"/submissions/{identifier}#essay", 303)

    @routes.get("/problems/{name}/reference")
    def reference(name: str, request: Request) -> Response:
        return _reference_page(desk.library.by_name(name), request)

    @routes.get("/about")
    def about(request: Request) -> Response:
        return answer(request, "about.html", isolation=str(desk.workers.isolation), queue=desk.store.waiting())

    @routes.get("/docs")
    def docs(request: Request) -> Response:
        spoken = words(language_of(request))
        faults = [(kind, status, spoken.text(f"web.fault.{kind}.title")) for kind, status in STATUS.items()]
        return answer(request, "docs.html", document=openapi.document(), faults=faults, example=_example(request))

    return routes


def fault_page(fault: Fault, request: Request) -> Response:
    """Return what went wrong as a page."""
    response = answer(request, "fault.html", fault.status, fault=problem_details(fault, request))
    response.headers.update(fault.headers)
    return response


def _problems(desk: Desk, request: Request) -> dict[str, list[dict[str, Any]]]:
    """Return the problems by kind, each with what this visitor has reached."""
    language = language_of(request)
    visitor = visitor_of(request)
    reached: dict[str, str] = {}
    for one in desk.store.history(visitor, limit=1000) if visitor else ():
        if one.verdict and reached.get(one.problem) != "accepted":
            reached[one.problem] = one.verdict
    shown: dict[str, list[dict[str, Any]]] = {"coding": [], "theory": [], "broken": []}
    for line in desk.library.summaries():
        problem = desk.problem(line.name)
        shown["broken" if problem is None else line.kind].append(
            {
                "name": line.name,
                "title": line.title.get(language, line.name),
                "lead": first_paragraph(problem.statement[language]) if problem else "",
                "entry_point": problem.entry_point if isinstance(problem, CodingProblem) else "",
                "groups": len(problem.groups) if isinstance(problem, CodingProblem) else 0,
                "checks": len(problem.bank.checks) if isinstance(problem, TheoryProblem) else 0,
                "reached": reached.get(line.name, ""),
            }
        )
    return shown


def _problem_page(
    desk: Desk, problem: Problem, request: Request, given: dict[str, list[str]], fault: Fault | None = None
) -> Response:
    """Return the page with the form, filled with ``given``; with ``fault`` it says what is wrong with that."""
    language = language_of(request)
    spoken = words(language)
    visitor = visitor_of(request)
    findings: dict[str, list[str]] = {}
    for finding in fault.findings if fault else ():
        findings.setdefault(finding.field.removeprefix("answers."), []).append(sentence(spoken, finding.message))
    context: dict[str, Any] = {
        "problem": problem,
        "given": given,
        "findings": findings,
        "fault": problem_details(fault, request) if fault else None,
        "history": desk.store.history(visitor, problem.name, limit=8) if visitor else (),
    }
    if isinstance(problem, TheoryProblem):
        try:
            seed = int(given["seed"][0])
        except (LookupError, ValueError):
            seed = -1
        if not 0 <= seed < SEED_LIMIT:
            seed = secrets.randbelow(SEED_LIMIT)
        context["shown"] = present(problem, seed, language)
    status = fault.status if fault else 200
    response = answer(request, "theory.html" if problem.kind == "theory" else "coding.html", status, **context)
    if fault:
        response.headers.update(fault.headers)
    return response


def _hand_in(desk: Desk, name: str, body: bytes, request: Request) -> Response:
    problem = desk.library.by_name(name)
    fields = fields_of(body)
    token = request.cookies.get(VISITOR, "") or new_token()
    try:
        new = from_form(problem, fields, visitor_name(token))
        desk.admit(request)
        identifier = desk.submit(new)
    except (Fault, JudgeError) as error:
        if not wants_page(request):
            raise
        given = {field: [_shown(value) for value in values] for field, values in fields.items()}
        return _problem_page(desk, problem, request, given, of_error(error))
    response = RedirectResponse(f"/submissions/{identifier}", 303)
    if VISITOR not in request.cookies:
        response.set_cookie(VISITOR, token, _YEAR, httponly=True, samesite="lax", secure=is_secure(request))
    return response


def _submission_page(desk: Desk, stored: Stored, request: Request) -> Response:
    language = language_of(request)
    problem = desk.problem(stored.problem)
    title = problem.title[language] if problem else stored.problem
    context: dict[str, Any] = {"stored": stored, "problem": problem, "title": title}
    if stored.report is None:
        catches = views.groups_of(problem, language)
        groups = [views.Group(name, line) for name, line in catches.items()]
        return answer(request, "pending.html", groups=groups, **context)
    theory = problem.kind == "theory" if problem else stored.seed is None
    if theory:
        sheet = views.graded_sheet(stored, stored.report, problem, language)
        return answer(request, "graded.html", sheet=sheet, **context)
    told = views.told(stored.report, problem, language)
    return answer(request, "verdict.html", told=told, source=views.source_of(stored), **context)


def _reference_page(problem: Problem, request: Request) -> Response:
    language = language_of(request)
    if problem.reference is None:
        raise Fault("no_reference", name=problem.name)
    context: dict[str, Any] = {"problem": problem, "explanation": problem.explanation.get(language, "")}
    if isinstance(problem, TheoryProblem):
        seed = seed_of(request.query_params.get("seed"))
        seed = secrets.randbelow(SEED_LIMIT) if seed is None else seed
        shown = present(problem, seed, language)
        rows = zip(shown["questions"], worked(problem, seed, language), strict=True)
        context |= {"shown": shown, "rows": list(rows), "review": review(problem, language)}
    else:
        context["source"] = problem.reference.read_text("utf-8")
    return answer(request, "reference.html", **context)


def _from_earlier(desk: Desk, problem: Problem, identifier: str | None) -> dict[str, list[str]]:
    """Return the fields of the form as an earlier submission filled them; none where there is no such submission."""
    stored = desk.store.get(identifier) if identifier else None
    if stored is None or stored.problem != problem.name:
        return {}
    if isinstance(problem, CodingProblem):
        return {"source": [views.source_of(stored)], "from": [stored.id]}
    table = views.read_table(stored)
    fields = {"seed": [str(table.get("seed", ""))], "essay": [str(table.get("essay", ""))], "from": [stored.id]}
    for name, value in table.get("answers", {}).items():
        fields[name] = [views.written(item) for item in (value if isinstance(value, list) else [value])]
    return fields


def _example(request: Request) -> str:
    base = str(request.base_url).rstrip("/")
    body = """python3 -c 'import json; print(json.dumps({"problem": "weight_pruning", "source": open("solution.py").read()}))'"""
    return (
        f"{body} |\n  curl -s {base}/api/submissions -H 'Content-Type: application/json' -d @-\n"
        f"curl -s {base}/api/submissions/ID          # the verdict, once status is done\n"
        f"curl -sN {base}/api/submissions/ID/events  # the tests, as they finish"
    )


def _shown(value: str) -> str:
    return value.encode("utf-8", "replace").decode("utf-8")
