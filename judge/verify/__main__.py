"""``python -m judge.verify PROBLEM ...``: take the texts of each package as read side by side, in ``twins.txt``.

Each pair that the record did not hold is printed before it is taken, those of which one language changed alone first:
read them, and mend the other half where it says something else.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from judge.packages import Library
from judge.verify import twins
from judge.verify.texts import texts


def main(names: Sequence[str]) -> int:
    """Write the record of each problem; return 1 where a text stands in one language alone."""
    library = Library(None)
    status = 0
    for name in names:
        problem = library.load(name)
        found = list(texts(problem))
        status |= any(twin.missing for twin in found)
        whole = [twin for twin in found if not twin.missing]
        for message in twins.outdated(whole, twins.read_record(problem.folder) or set()):
            print(name, message.key.rpartition(".")[2], *message.values.values())
        print(name, twins.write_record(problem.folder, whole), "new")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
