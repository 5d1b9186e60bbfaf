"""``judge submit`` against a running server: the report of ``judge check``, and plain words where there is none."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_web_server import Server, running

ROOT = Path(__file__).parents[2]
REFERENCE = "reference_solutions/weight_pruning.py"
WRONG = "problems/weight_pruning/submissions/wrong_answer/above_one_accepted.py"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("submit") / "data") as started:
        yield started


def judge(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "judge", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("file", "status"), [(REFERENCE, 0), (WRONG, 1)], ids=["right", "wrong"])
def test_the_report_is_that_of_check(server: Server, file: str, status: int, language: str) -> None:
    asked = ("weight_pruning", file, "--seed", "3", "--lang", language)
    near, far = judge("check", *asked), judge("submit", *asked, "--server", server.url)
    assert (near.returncode, far.returncode) == (status, status)
    assert f"{server.url}/submissions/" in far.stderr
    assert _findings(far.stdout) == _findings(near.stdout)


def _findings(text: str) -> list[str]:
    """What does not hang on the machine's speed: title, tests, what failed first. A busy one may leave out the rest."""
    lines = text.splitlines()
    ends = [place for place, line in enumerate(lines) if not line]
    return lines[: ends[3]] if "✗" in text else lines[: ends[-1]]


def test_json_is_that_of_the_api(server: Server) -> None:
    said = judge("submit", "weight_pruning", WRONG, "--json", "--seed", "3", "--server", server.url)
    result = json.loads(said.stdout)
    assert said.returncode == 1
    assert (result["verdict"], result["seed"]) == ("wrong_answer", 3)
    assert result["tests"][0]["name"] == "import"


REFUSED = [
    (("no_such_problem", REFERENCE), 2, "no_such_problem"),
    (("weight_pruning", "no_such_file.py"), 2, "no_such_file.py"),
    (("weight_pruning", REFERENCE, "--seed", "-1"), 2, "seed"),
    (("what_is_pruning", "README.md"), 2, "README.md"),
    (("what_is_pruning", "pyproject.toml"), 2, "seed"),
]


@pytest.mark.parametrize(("words", "status", "named"), REFUSED, ids=[" ".join(words) for words, _, _ in REFUSED])
def test_what_is_refused_is_said_in_a_line(server: Server, words: tuple[str, ...], status: int, named: str) -> None:
    said = judge("submit", *words, "--server", server.url)
    assert (said.returncode, said.stdout) == (status, "")
    assert named in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(("url", "status"), [("http://127.0.0.1:1", 3), ("ftp://127.0.0.1", 2), ("", 2)])
def test_a_server_that_is_none(url: str, status: int) -> None:
    said = judge("submit", "weight_pruning", REFERENCE, "--server", url or "http://")
    assert (said.returncode, said.stdout) == (status, "")
    assert "judge: " in said.stderr
    assert "Traceback" not in said.stderr
