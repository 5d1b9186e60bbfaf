"""``python -m judge.diagnosis PROBLEM ...``: write ``mistakes.json``, the signatures of shipped wrong submissions."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from judge.diagnosis import mistakes
from judge.domain.problem import CodingProblem
from judge.packages.library import Library
from judge.sandbox import Child, Sandbox

_SECONDS = 20.0


def main(names: Sequence[str]) -> int:
    """Write the file of each problem; return 1 where one is no coding problem with a ladder."""
    library = Library(None)
    status = 0
    with Sandbox.start() as sandbox:
        for name in names:
            problem = library.load(name)
            if not isinstance(problem, CodingProblem) or not (problem.folder / "ladder.py").is_file():
                status = 1
                continue
            table = mistakes.build(problem, lambda source, problem=problem: _open(sandbox, problem, source))  # type: ignore[misc]
            (problem.folder / mistakes.FILE).write_text(json.dumps(table, indent=1) + "\n", "utf-8")
            print(name, len(table["files"]))
    return status


def _open(sandbox: Sandbox, problem: CodingProblem, source: str) -> Child | None:
    child = sandbox.open(problem.limits.memory_bytes, problem.limits.output_bytes)
    loaded = child.load(source, problem.entry_point, cpu_seconds=_SECONDS, wall_seconds=_SECONDS)
    if loaded.sound:
        return child
    child.close()
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
