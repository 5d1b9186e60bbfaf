"""``/api/submissions/{id}/review``: what is worth knowing about an accepted solution, and its questions answered.

A review is worked out when it is first asked for, one at a time, and kept with the submission.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from judge.domain.plain import report_from_plain
from judge.domain.problem import Problem
from judge.domain.report import Report
from judge.errors import UsageError
from judge.review import Review, check_reviewable, grade_answers, review, review_json, versions_of
from judge.store.base import Row, Store
from judge.theory import run_problem
from judge.web import intake
from judge.web.api import answer, json_body, row_of, state_of
from judge.web.language import api_language
from judge.web.problems_details import Refused
from judge.web.state import State, Whose
from judge.web.visitor import whose
from judge.words.render import report_json


async def get(request: Request) -> Response:
    """Answer with the review as JSON (``judge.review``)."""
    language = api_language(request)
    state, row = state_of(request), await row_of(request)
    problem, report = await asyncio.to_thread(reviewable, state, row)
    found = await reviews_of(request).of(row, problem, report, whose(request))
    assert found is not None  # it was waited for
    return answer(await asyncio.to_thread(review_json, found, problem, report, language), language)


async def post(request: Request) -> Response:
    """Grade answers to the questions about this run; nothing is kept."""
    language = api_language(request)
    state, row = state_of(request), await row_of(request)
    body = await json_body(request)
    return answer(await asyncio.to_thread(_graded, state, row, body, language), language)


def _graded(state: State, row: Row, body: bytes, language: str) -> dict[str, Any]:
    problem, report = reviewable(state, row)
    asked = run_problem(problem, report)
    if asked is None:
        raise Refused(409, "review.no_questions", name=problem.name)
    sheet = intake.sheet(asked, report.seed, *intake.answers(body))
    return report_json(grade_answers(problem, report, sheet.content), language)


def reviewable(state: State, row: Row) -> tuple[Problem, Report]:
    """Return the problem and the report of ``row``. Raises :class:`Refused` (409) unless it was accepted as code."""
    problem = state.service.library.by_name(row.submission.problem)
    if row.report is None:
        raise Refused(409, "review.not_judged", retry_after=2)
    report = report_from_plain(row.report)
    try:
        check_reviewable(problem, report)
    except UsageError as error:
        raise Refused(409, error.message.key, **error.message.values) from None
    return problem, report


def reviews_of(request: Request) -> Reviews:
    """Return the server's reviews."""
    reviews: Reviews = request.app.state.reviews
    return reviews


class Reviews:
    """Makes reviews, one at a time, since they measure; ``WAITING`` may wait for theirs."""

    WAITING = 20

    def __init__(self, state: State) -> None:
        self._state = state
        self._measuring = asyncio.Lock()
        self._making: dict[str, asyncio.Task[Review]] = {}  # by submission

    async def of(
        self, row: Row, problem: Problem, report: Report, whose: Whose, seconds: float | None = None
    ) -> Review | None:
        """Return the review of ``row``, the one that was kept if there is one; ``None`` after so many ``seconds``.

        Raises :class:`Refused` (429, 503). Once begun it is made and kept, whether or not somebody still waits.
        """
        kept = await asyncio.to_thread(_kept, self._state.store, row, problem)
        if kept is not None:
            return kept
        task = self._making.get(row.id)
        if task is None:
            self._state.admit(whose)
            if len(self._making) >= self.WAITING:
                raise Refused(503, "web.error.queue_full", retry_after=10)
            task = asyncio.create_task(self._make(row, problem, report))
            self._making[row.id] = task
            task.add_done_callback(lambda _: self._making.pop(row.id))
        done, _ = await asyncio.wait({task}, timeout=seconds)
        return task.result() if done else None

    async def _make(self, row: Row, problem: Problem, report: Report) -> Review:
        async with self._measuring:
            return await _in_a_thread(lambda: _made(self._state, row, problem, report))


def _made(state: State, row: Row, problem: Problem, report: Report) -> Review:
    # Somebody may have asked for the same one before, and have been waited for just now.
    kept = _kept(state.store, row, problem)
    if kept is not None:
        return kept
    made = review(problem, row.submission, report, state.service.sandbox)
    state.store.keep_review(row.id, made.to_plain())
    return made


def _kept(store: Store, row: Row, problem: Problem) -> Review | None:
    plain = store.review(row.id)
    if plain is None or plain["versions"] != versions_of(problem):
        return None
    return Review.from_plain(plain)


async def _in_a_thread(work: Callable[[], Review]) -> Review:
    """Do ``work`` in a thread of its own: a review must keep neither a verdict waiting nor the server from ending."""
    future: Future[Review] = Future()
    future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # it belongs to whoever waits
            future.set_exception(error)

    threading.Thread(target=run, name="review", daemon=True).start()
    return await asyncio.wrap_future(future)
