"""``python tests/mutation``: judge every mutant and write REPORT.md anew."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Return 0 where no mutant survives without a reason."""
    sys.path.insert(0, str(ROOT))
    from tests.mutation import checkers, report, solutions

    parser = argparse.ArgumentParser(prog="python tests/mutation", description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--every", type=int, default=1, help="judge every so-manieth mutant of the solutions only")
    options = parser.parse_args()
    start = time.monotonic()
    fates = []
    jobs = list(solutions.everything())[:: options.every]
    for fate in solutions.run(jobs, options.workers):
        fates.append(fate)
        if len(fates) % 250 == 0:
            print(f"{len(fates)} of {len(jobs)} mutants of solutions, {time.monotonic() - start:.0f} s", flush=True)
    own = list(checkers.run(list(checkers.everything()), options.workers))
    text, open_ends = report.written(fates, own, options.every)
    (Path(__file__).parent / "REPORT.md").write_text(text, "utf-8")
    return 1 if open_ends else 0


if __name__ == "__main__":
    sys.exit(main())
