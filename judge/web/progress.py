"""How far a visitor has come: the page, the same as JSON, and a zip of what was handed in."""

from __future__ import annotations

import asyncio
import io
import json
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from judge.store.base import Row, Status
from judge.web import view, visitor
from judge.web.api import answer, problem_of, state_of
from judge.web.language import language_of
from judge.web.render import render
from judge.web.state import State
from judge.web.view import Summary


async def page(request: Request) -> Response:
    """Show every problem with the visitor's state, and every submission."""
    mine = await asyncio.to_thread(summaries, request)
    language = language_of(request)
    problems = await asyncio.to_thread(view.problems_of, state_of(request).service.library, language, mine)
    titles = {one["name"]: one["title"] for one in problems}
    return render(request, "progress.html", problems=problems, mine=mine, titles=titles)


async def as_json(request: Request) -> Response:
    """Return the visitor's submissions as JSON, the newest first."""
    mine = await asyncio.to_thread(summaries, request)
    return answer({"submissions": [_plain(one) for one in mine]}, language_of(request))


async def as_zip(request: Request) -> Response:
    """Return what the visitor handed in, one file each in a folder for its problem, and an index of them."""
    content = await asyncio.to_thread(_zipped, state_of(request), await asyncio.to_thread(summaries, request))
    headers = {"Content-Disposition": 'attachment; filename="pruning-judge.zip"', "Cache-Control": "no-store"}
    return Response(content, headers=headers, media_type="application/zip")


async def forget(request: Request) -> Response:
    """End the visitor's list."""
    response = RedirectResponse("/progress", 303)
    visitor.forget(response)
    return response


def summaries(request: Request) -> list[Summary]:
    """Return what the visitor's submissions came to, the newest first; those that are gone are left out."""
    state = state_of(request)
    found = (summary_of(state, identifier) for identifier in visitor.submissions_of(request))
    return [one for one in found if one is not None]


def summary_of(state: State, identifier: str) -> Summary | None:
    """Return one submission in short. What is judged is kept in memory: a report is long, and read for nothing else."""
    known = state.summaries.get(identifier)
    if known is not None:
        return known
    row = state.store.get(identifier)
    if row is None:
        return None
    summary = _summary(row)
    if row.status is Status.DONE:
        state.summaries.put(identifier, summary)
    return summary


def _summary(row: Row) -> Summary:
    report = row.report or {}
    return Summary(
        id=row.id,
        problem=row.submission.problem,
        status=str(row.status),
        verdict=report.get("verdict"),
        score=report.get("score"),
        seed=row.submission.seed,
        created=row.created,
    )


def _plain(one: Summary) -> dict[str, Any]:
    return {
        "id": one.id,
        "problem": one.problem,
        "status": one.status,
        "verdict": one.verdict,
        "score": one.score,
        "seed": one.seed,
        "created": one.time,
        "url": f"/submissions/{one.id}",
    }


def _zipped(state: State, mine: Sequence[Summary]) -> bytes:
    buffer = io.BytesIO()
    index = []
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in mine:
            row = state.store.get(one.id)
            if row is None:
                continue
            loaded = problem_of(state, one.problem)
            ending = "toml" if loaded is not None and loaded.kind == "theory" else "py"
            folder = re.sub(r"[^\w.-]", "_", one.problem)
            stamp = one.time.replace(":", "-")
            name = f"{folder}/{stamp}_{one.verdict or one.status}_{one.id}.{ending}"
            when = datetime.fromtimestamp(one.created, UTC)
            entry = zipfile.ZipInfo(name, when.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, row.submission.content)
            index.append({**_plain(one), "file": name})
        archive.writestr("index.json", json.dumps({"submissions": index}, indent=2))
    return buffer.getvalue()
