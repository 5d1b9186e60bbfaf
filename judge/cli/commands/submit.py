"""``judge submit``: have a solution judged by a server, and show its report as ``judge check`` would."""

from __future__ import annotations

import os
import shlex
import tomllib
from argparse import Namespace
from pathlib import Path
from typing import Any

from judge.cli import solution
from judge.cli.judging import seed_of
from judge.cli.parser import Parser
from judge.cli.progress import Progress
from judge.cli.remote import Server, report_of
from judge.cli.report import View, lines_of
from judge.cli.terminal import Terminal
from judge.errors import UnreadableSubmission, UsageError
from judge.words import render

SERVER = "http://127.0.0.1:8000"  # where `judge serve` listens unless told otherwise
LIMIT = 1 << 20  # bytes that are read of a file; how many a server takes it says itself
_STATUS = {"accepted": 0, "judge_error": 3}  # any other: 1


def arguments(parser: Parser) -> None:
    parser.option("problem", metavar="PROBLEM", help="problem_name")
    parser.option("solution", metavar="SOLUTION", nargs="?", help="solution_to_send")
    parser.option("--server", metavar="URL", help="server")
    parser.option("--seed", metavar="N", help="seed")
    parser.option("--json", action="store_true", help="json")


def run(options: Namespace, terminal: Terminal) -> int:
    seed = seed_of(options.seed)
    server = Server(options.server or os.environ.get("JUDGE_SERVER") or SERVER, terminal.language)
    problem = server.problem(Path(options.problem).name)
    theory = problem.get("kind") == "theory"
    path = _file(options, "theory" if theory else "coding")
    identifier = server.submit(_body(problem["name"], path, theory, seed))
    terminal.warn(terminal.text("submitted", page=server.page(identifier)))
    with Progress(terminal) as progress:
        result = server.follow(identifier, progress.on_test)
    if options.json:
        terminal.print_json(render.to_json(result))
        return _STATUS.get(str(result.get("verdict")), 1)
    report = report_of(result, server.url)
    again = ["judge", "submit", options.problem, str(path), "--server", server.url]
    view = View(
        title=str(problem.get("title", report.problem)),
        spoken=render.catalogue(terminal.language),
        catches={one["name"]: one["catches"] for one in problem.get("groups", ()) if one["kind"] != "sample"},
        theory=theory,
        file=str(path),
        again=shlex.join(again if theory else [*again, "--seed", str(report.seed)]),
    )
    terminal.print(*lines_of(report, view, terminal))
    return _STATUS.get(report.verdict, 1)


def _file(options: Namespace, kind: str) -> Path:
    """Return the file to send: the one named, or the first where ``judge check`` would look."""
    if options.solution is not None:
        return Path(options.solution)
    folder = Path(options.problem)
    path = solution.find(folder, kind)
    if path is None:
        raise UnreadableSubmission("errors.no_file", path=str(solution.places(folder, kind)[1]))
    return path


def _body(name: str, path: Path, theory: bool, seed: int | None) -> dict[str, Any]:
    content = solution.read(path, LIMIT)
    if not theory:
        # What is not UTF-8 stays so on its way, and gets its verdict.
        body: dict[str, Any] = {"problem": name, "source": content.decode("utf-8", "surrogateescape")}
        return body if seed is None else body | {"seed": seed}
    try:
        sheet = tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UsageError("remote.no_sheet", path=str(path), reason=str(error)) from None
    given = {key: value for key, value in sheet.items() if key in ("seed", "answers", "essay")}
    return {"problem": name, "answers": {}} | given | ({} if seed is None else {"seed": seed})
