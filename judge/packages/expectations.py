"""The submissions that a coding package ships, and what each must get."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from judge.domain.problem import LANGUAGES, Expectation
from judge.domain.verdict import Verdict
from judge.errors import BrokenPackage
from judge.message import Message

# Kattis' folder names, and the verdict that a file in each must get.
FOLDERS = {
    "accepted": Verdict.ACCEPTED,
    "wrong_answer": Verdict.WRONG_ANSWER,
    "run_time_error": Verdict.RUNTIME_ERROR,
    "time_limit_exceeded": Verdict.TIME_LIMIT_EXCEEDED,
    "memory_limit_exceeded": Verdict.MEMORY_LIMIT_EXCEEDED,
    "output_limit_exceeded": Verdict.OUTPUT_LIMIT_EXCEEDED,
    "invalid_submission": Verdict.INVALID_SUBMISSION,
}


def load_expectations(folder: Path) -> tuple[Expectation, ...]:
    """Return every file under ``submissions/`` with its expectation; raise :class:`BrokenPackage` with all findings."""
    root = folder / "submissions"
    findings: list[Message] = []
    table: dict[str, Any] = {}
    path = root / "submissions.toml"
    if path.is_file():
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            findings.append(
                Message("package.unreadable", {"file": "submissions/submissions.toml", "error": str(error)})
            )
    found: list[Expectation] = []
    rows = dict(table)
    for place in sorted(root.iterdir()) if root.is_dir() else ():
        if not place.is_dir() or place.name.startswith(("_", ".")):
            continue
        if place.name not in FOLDERS:
            findings.append(Message("package.submission_folder", {"folder": place.name, "known": list(FOLDERS)}))
            continue
        for file in sorted(place.glob("*.py")):
            key = f"{place.name}/{file.name}"
            row = table.pop(key, {})
            like = str(row.get("like", ""))
            mistake = (rows.get(like, {}) if like else row).get("mistake")
            if mistake is not None and (
                not isinstance(mistake, Mapping) or any(not mistake.get(language) for language in LANGUAGES)
            ):
                findings.append(Message("package.mistake", {"file": key}))
                mistake = None
            groups = tuple(row.get("groups", ()))
            source = str(row.get("source", ""))
            found.append(Expectation(file, FOLDERS[place.name], groups, mistake, like, source))
            if like and mistake is None:
                findings.append(Message("package.mistake", {"file": key}))
    findings += [Message("package.submission_missing", {"file": key}) for key in table]
    if findings:
        raise BrokenPackage(folder.name, findings)
    return tuple(found)
