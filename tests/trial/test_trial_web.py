"""``POST /api/problems/{name}/try``: what it answers, every error as problem details, and that nothing is kept."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from reading import NETWORK, problem

from judge.bootstrap import make_service
from judge.service import Service
from judge.store.sqlite import SqliteStore
from judge.web.app import create_app
from judge.web.guard import BODY_BYTES
from judge.web.openapi import document
from judge.web.state import Limits

ADDRESS = "/api/problems/weight_pruning/try"
SUBMISSIONS = problem("weight_pruning").folder / "submissions"
CALL = f"prune_weights({NETWORK}, 0.5)"
SIGNED = {"source": (SUBMISSIONS / "wrong_answer/signed_values.py").read_text("utf-8"), "call": CALL}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One that finds, besides the problems that came along, a copy of one with little time."""
    folder = tmp_path_factory.mktemp("here")
    copy = folder / "problems" / "hurried"
    original = problem("weight_pruning").folder
    shutil.copytree(original, copy, ignore=shutil.ignore_patterns("submissions", "__pycache__"))
    table = (copy / "problem.toml").read_text("utf-8")
    (copy / "problem.toml").write_text(table.replace("cpu_seconds = 4 ", "cpu_seconds = 1 "), "utf-8")
    with make_service(folder) as service:
        yield service


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path_factory.mktemp("data") / "judge.sqlite3")
    yield store
    store.close()


@pytest.fixture(scope="module")
def client(service: Service, store: SqliteStore) -> Iterator[TestClient]:
    with TestClient(create_app(service, store, workers=1)) as client:
        yield client


def test_a_call_is_answered_at_once_and_nothing_is_kept(client: TestClient, store: SqliteStore) -> None:
    answer = client.post(ADDRESS, json=SIGNED)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    shown = answer.json()
    assert shown["verdict"] == "wrong_answer"
    assert [check["name"] for check in shown["checks"] if not check["passed"]] == ["ranking"]
    required = document()["components"]["schemas"]["TrialResult"]["required"]
    assert list(shown) == required
    assert store.waiting() == 0
    assert "location" not in answer.headers


def test_languages(client: TestClient) -> None:
    english = client.post(ADDRESS, json=SIGNED).json()
    chinese = client.post(ADDRESS, json=SIGNED, params={"lang": "zh"}).json()
    assert client.post(ADDRESS, json=SIGNED, headers={"Accept-Language": "zh-CN"}).json()["checks"] == chinese["checks"]
    assert english["checks"] != chinese["checks"]
    assert (english["got"], english["verdict"]) == (chinese["got"], chinese["verdict"])


@pytest.mark.parametrize("source", ["def (:", "", "\ud800"])
def test_a_source_that_is_no_solution_is_a_verdict(client: TestClient, source: str) -> None:
    body = json.dumps({"source": source, "call": CALL})
    answer = client.post(ADDRESS, content=body, headers={"Content-Type": "application/json"})
    assert answer.json()["verdict"] == "invalid_submission"


@pytest.mark.parametrize("name", ["call", "wrong arguments"])
def test_the_examples_of_the_description_are_answered(client: TestClient, name: str) -> None:
    operation = document()["paths"]["/api/problems/{name}/try"]["post"]
    example = operation["requestBody"]["content"]["application/json"]["examples"][name]["value"]
    shown = client.post(ADDRESS, json=example).json()
    promised = operation["responses"]["200"]["content"]["application/json"]["example"]
    assert list(shown) == list(promised)
    if name == "call":
        told = ("verdict", "call", "network", "numbers", "got", "reference", "right_answers", "expected")
        assert {field: shown[field] for field in told} == {field: promised[field] for field in told}
        assert promised["checks"][0] in shown["checks"]


JSON = {"Content-Type": "application/json"}
ERRORS: list[tuple[str, str, str, dict[str, str], bytes, int, list[str]]] = [
    ("problem", "POST", "/api/problems/weight_prunin/try", JSON, json.dumps(SIGNED).encode(), 404, []),
    ("theory", "POST", "/api/problems/what_is_pruning/try", JSON, json.dumps(SIGNED).encode(), 404, []),
    ("method", "GET", ADDRESS, {}, b"", 405, []),
    ("length", "POST", ADDRESS, JSON, b" " * (BODY_BYTES + 1), 413, []),
    ("source", "POST", ADDRESS, JSON, json.dumps({**SIGNED, "source": "#" * 65_537}).encode(), 413, ["#/source"]),
    ("media", "POST", ADDRESS, {"Content-Type": "text/plain"}, b"{}", 415, []),
    ("encoding", "POST", ADDRESS, {**JSON, "Content-Encoding": "gzip"}, b"{}", 415, []),
    ("no JSON", "POST", ADDRESS, JSON, b'{"source": ', 422, ["#"]),
    ("list", "POST", ADDRESS, JSON, b"[]", 422, ["#"]),
    ("nothing", "POST", ADDRESS, JSON, b"{}", 422, ["#/source", "#/call"]),
    ("types", "POST", ADDRESS, JSON, b'{"source": 1, "call": null}', 422, ["#/source", "#/call"]),
    ("unknown", "POST", ADDRESS, JSON, json.dumps({**SIGNED, "seed": 7}).encode(), 422, ["#/seed"]),
    ("call", "POST", ADDRESS, JSON, json.dumps({**SIGNED, "call": "prune_weights(m, 1)"}).encode(), 422, ["#/call"]),
    ("no call", "POST", ADDRESS, JSON, json.dumps({**SIGNED, "call": ""}).encode(), 422, ["#/call"]),
    ("lang", "POST", f"{ADDRESS}?lang=fr", JSON, json.dumps(SIGNED).encode(), 422, ["lang"]),
    ("foreign", "POST", ADDRESS, {**JSON, "Origin": "https://evil.example"}, json.dumps(SIGNED).encode(), 403, []),
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status", "pointers"),
    [case[1:] for case in ERRORS],
    ids=[case[0] for case in ERRORS],
)
def test_every_error_is_problem_details(
    client: TestClient,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    status: int,
    pointers: list[str],
    language: str,
) -> None:
    answer = client.request(method, path, headers={**headers, "Accept-Language": language}, content=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in told["detail"]) == (language == "zh")
    assert [one["pointer"] for one in told.get("errors", [])] == pointers
    assert "trial." not in answer.text
    described = document()["paths"]["/api/problems/{name}/try"]["post"]["responses"]
    assert str(status) in described


def test_the_place_in_the_call_is_told(client: TestClient) -> None:
    told = client.post(ADDRESS, json={**SIGNED, "call": "import numpy as np\nprune_weights(m, 1)"}).json()
    assert told["errors"][0]["detail"].startswith("Line 2, column 15: m stands for nothing here.")


@pytest.mark.parametrize(
    ("limits", "status"), [(Limits(runs=0), 503), (Limits(burst=2, per_second=0.01), 429)], ids=["runs", "rate"]
)
def test_too_much_is_refused_with_retry_after(tmp_path: Path, service: Service, limits: Limits, status: int) -> None:
    store = SqliteStore(tmp_path / "judge.sqlite3")
    with TestClient(create_app(service, store, workers=1, limits=limits)) as client:
        answers = [client.post(ADDRESS, json={**SIGNED, "call": ""}) for _ in range(3)]
    store.close()
    assert answers[-1].status_code == status
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_the_loop_goes_on_while_a_call_runs(client: TestClient) -> None:
    """A call that takes its time keeps nobody from reading: they are answered before it is."""
    slow = {"source": "def prune_weights(*a):\n    while True: pass\n", "call": CALL}
    answered: list[str] = []

    def tried() -> None:
        shown = client.post("/api/problems/hurried/try", json=slow).json()
        answered.extend([shown["verdict"], shown["reference"]])

    thread = threading.Thread(target=tried)
    thread.start()
    while thread.is_alive() and not client.app.state.judge.runs:  # type: ignore[attr-defined]
        assert client.get("/healthz").status_code == 200
    answered.append(client.get("/healthz").json()["status"])
    thread.join()
    assert answered == ["ok", "time_limit_exceeded", ""]  # the copy has no reference
