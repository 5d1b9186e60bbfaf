"""``python -m judge.diagnosis PROBLEM ...``: write the signatures of the shipped wrong submissions, ``mistakes.json``."""

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
            files = ",\n".join(f"  {json.dumps(file)}: {json.dumps(row)}" for file, row in table["files"].items())
            text = f'{{"ladder": "{table["ladder"]}", "files": {{\n{files}\n}}}}\n'
            (problem.folder / mistakes.FILE).write_text(text, "utf-8")
            print(name, len(table["files"]))
    return status


def _open(sandbox: Sandbox, problem: CodingProblem, source: str) -> Child | None:
    child = sandbox.open(problem.limits.memory_bytes, problem.limits.output_bytes)
    loaded = child.load(source, problem.entry_point, cpu_seconds=_SECONDS, wall_seconds=_SECONDS)
    if loaded.stopped is None and loaded.raised is None and not loaded.problem:
        return child
    child.close()
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
