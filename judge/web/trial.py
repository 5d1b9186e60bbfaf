"""``POST /api/problems/{name}/try``: a solution on a call of one's own. Nothing of it is kept."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from judge.domain.problem import CodingProblem, Problem
from judge.errors import BadCall
from judge.service import Service
from judge.trial import trial_json, try_call
from judge.web import intake
from judge.web.api import answer, json_body, state_of
from judge.web.language import api_language
from judge.web.problems_details import Finding, Refused
from judge.web.visitor import whose


async def post(request: Request) -> Response:
    language = api_language(request)
    state = state_of(request)
    body = await json_body(request)
    name = request.path_params["name"]
    problem, content, call = await asyncio.to_thread(_asked, body, state.service, name)
    shown = await state.run(lambda: tried(state.service, problem, content, call, language), whose(request))
    return answer(shown, language)


def _asked(body: bytes, service: Service, name: str) -> tuple[Problem, bytes, str]:
    problem = service.library.by_name(name)
    if not isinstance(problem, CodingProblem):
        raise Refused(404, "trial.not_code", name=problem.name)
    given = intake.texts(body, ("source", "call"))
    # A lone surrogate becomes bytes that are not UTF-8: a verdict, as for a file.
    content = given["source"].encode("utf-8", "surrogatepass")
    return problem, intake.coding(problem, content, None).content, given["call"]


def tried(service: Service, problem: Problem, content: bytes, call: str, language: str) -> dict[str, Any]:
    """Return what came of ``call``. Raises :class:`Refused` where its text cannot be read."""
    try:
        return trial_json(try_call(service, problem, content, call), language, problem)
    except BadCall as bad:
        raise Refused(422, "web.error.invalid", [Finding(bad.message, "#/call")]) from None
