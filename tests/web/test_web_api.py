# ruff: noqa: E501 (a table is read by its lines)
"""The API in this process: what it answers, and every error as problem details."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from judge.bootstrap import make_service
from judge.store import SqliteStore
from judge.web.app import ROUTES, create_app
from judge.web.guard import BODY_BYTES
from judge.web.openapi import document
from judge.web.state import Limits

WRONG = 'def prune_weights(model, sparsity, scope="layer"):\n    return model.copy(), {}\n'
REPORT = {
    "problem",
    "verdict",
    "score",
    "seed",
    "graded",
    "seconds",
    "isolation",
    "tests",
    "diagnosis",
    "counterexample",
}
CODING = {"problem": "weight_pruning", "source": "x = 1"}
THEORY = {"problem": "what_is_pruning", "seed": 41, "answers": {}}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with make_service() as service:
        store = SqliteStore(tmp_path_factory.mktemp("data") / "judge.sqlite3")
        with TestClient(create_app(service, store, workers=1)) as opened:
            yield opened
            workers = opened.app.state.judge.workers  # type: ignore[attr-defined]
        workers.join(30)
        store.close()


def verdict_of(client: TestClient, body: dict[str, Any], **query: str) -> dict[str, Any]:
    answer = client.post("/api/submissions", json=body)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/api/submissions/{answer.json()['id']}"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        shown: dict[str, Any] = client.get(answer.headers["location"], params=query).json()
        assert shown["id"] == answer.json()["id"]
        if shown["status"] == "done":
            return shown
        assert shown["result"] is None
        # The stream ends when the verdict is there: no need to ask again and again.
        client.get(answer.headers["location"] + "/events")
    raise AssertionError("no verdict in time")


def events_of(text: str) -> list[tuple[int, str, Any]]:
    found = []
    for part in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in part.split("\n") if ": " in line and not line.startswith(":"))
        if "data" in fields:
            found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found


def test_a_coding_submission_from_post_to_replayed_stream(client: TestClient) -> None:
    shown = verdict_of(client, {**CODING, "source": WRONG, "seed": 7})
    result = shown["result"]
    assert result.keys() >= REPORT
    assert (result["verdict"], result["seed"]) == ("wrong_answer", 7)
    address = f"/api/submissions/{shown['id']}/events"
    events = events_of(client.get(address).text)
    assert [number for number, _, _ in events[:-1]] == list(range(1, len(result["tests"]) + 1))
    assert events[-1][0] > events[-2][0]
    assert [name for _, name, _ in events] == ["test"] * len(result["tests"]) + ["result"]
    assert [data for _, name, data in events if name == "test"] == result["tests"]
    assert events[-1][2] == result
    assert events_of(client.get(address, headers={"Last-Event-ID": "2"}).text) == events[2:]
    assert events_of(client.get(address, headers={"Last-Event-ID": str(events[-1][0])}).text) == []
    assert events_of(client.get(address, headers={"Last-Event-ID": "rubbish"}).text) == events


def test_a_report_is_shown_in_either_language(client: TestClient) -> None:
    shown = verdict_of(client, {**CODING, "source": WRONG, "seed": 7})
    address = f"/api/submissions/{shown['id']}"
    english, chinese = (client.get(address, params={"lang": lang}).json()["result"] for lang in ("en", "zh"))
    assert english["tests"][1]["checks"] != chinese["tests"][1]["checks"]
    assert [test["name"] for test in english["tests"]] == [test["name"] for test in chinese["tests"]]
    assert client.get(address, headers={"Accept-Language": "de, zh-CN;q=0.8"}).json()["result"] == chinese


@pytest.mark.parametrize("source", ["def (:", "", "x = 1", "\ud800"])
def test_a_source_that_is_no_solution_is_a_verdict(client: TestClient, source: str) -> None:
    body = json.dumps({**CODING, "source": source})  # a lone surrogate travels as an escape
    answer = client.post("/api/submissions", content=body, headers={"Content-Type": "application/json; charset=utf-8"})
    assert answer.status_code == 202
    client.get(answer.headers["location"] + "/events")
    assert client.get(answer.headers["location"]).json()["result"]["verdict"] in ("invalid_submission", "not_attempted")


def test_a_theory_submission_scores_as_its_sheet(client: TestClient) -> None:
    questions = client.get("/api/problems/what_is_pruning", params={"seed": 41}).json()["questions"]
    first = next(question for question in questions if question["kind"] == "single")
    numeric = next(question for question in questions if question["kind"] == "numeric")
    answers = {first["id"]: first["options"][0]["id"], numeric["id"]: 1e-7}
    shown = verdict_of(client, {**THEORY, "answers": answers, "essay": 'Two\nlines, """ and \\ and \x7f\t。'})
    assert [test["name"] for test in shown["result"]["tests"]] == [question["id"] for question in questions]
    assert verdict_of(client, THEORY)["result"]["verdict"] == "not_attempted"


def test_problems(client: TestClient) -> None:
    rows = client.get("/api/problems", params={"lang": "zh"}).json()
    assert all(row.keys() == {"name", "kind", "title"} for row in rows)
    assert {"weight_pruning", "structured_pruning", "what_is_pruning"} <= {row["name"] for row in rows}
    coding = client.get("/api/problems/weight_pruning").json()
    assert coding["kind"] == "coding"
    assert {"entry_point", "starter", "limits", "statement"} <= coding.keys()
    theory = client.get("/api/problems/what_is_pruning", params={"seed": "41"}).json()
    assert theory["seed"] == 41
    assert theory == client.get("/api/problems/what_is_pruning?seed=41").json()
    assert client.get("/healthz").json() == {"status": "ok"}


JSON = {"Content-Type": "application/json"}
ERRORS: list[tuple[str, str, str, dict[str, str], bytes | None, int, list[str]]] = [
    ("route", "GET", "/nothing", {}, None, 404, []),
    ("api route", "GET", "/api/nothing", {}, None, 404, []),
    ("slash", "GET", "/api/problems/", {}, None, 404, []),
    ("static", "GET", "/static/nothing.js", {}, None, 404, []),
    ("id", "GET", "/api/submissions/nothing", {}, None, 404, []),
    ("id of a stream", "GET", "/api/submissions/nothing/events", {}, None, 404, []),
    ("problem", "GET", "/api/problems/weight_prunin", {}, None, 404, []),
    ("path as problem", "GET", "/api/problems/..%2Fproblems%2Fweight_pruning", {}, None, 404, []),
    ("problem of a POST", "POST", "/api/submissions", JSON, b'{"problem": "../x", "source": ""}', 404, []),
    ("method", "DELETE", "/api/problems", {}, None, 405, []),
    ("method of a POST", "GET", "/api/submissions", {}, None, 405, []),
    ("method of static", "POST", "/static/judge.css", {}, b"", 405, []),
    ("length", "POST", "/api/submissions", JSON, b" " * (BODY_BYTES + 1), 413, []),
    ("source", "POST", "/api/submissions", JSON, json.dumps({**CODING, "source": "#" * 65537}).encode(), 413, ["#/source"]),
    ("media", "POST", "/api/submissions", {"Content-Type": "text/plain"}, b"{}", 415, []),
    ("no media", "POST", "/api/submissions", {}, b"{}", 415, []),
    ("encoding", "POST", "/api/submissions", {**JSON, "Content-Encoding": "gzip"}, b"{}", 415, []),
    ("no JSON", "POST", "/api/submissions", JSON, b'{"problem": ', 422, ["#"]),
    ("no UTF-8", "POST", "/api/submissions", JSON, b'{"problem": "\xff"}', 422, ["#"]),
    ("NaN", "POST", "/api/submissions", JSON, b'{"problem": NaN}', 422, ["#"]),
    ("deep", "POST", "/api/submissions", JSON, b"[" * 90_000, 422, ["#"]),
    ("list", "POST", "/api/submissions", JSON, b"[]", 422, ["#"]),
    ("nothing", "POST", "/api/submissions", JSON, b"{}", 422, ["#/problem"]),
    ("problem type", "POST", "/api/submissions", JSON, b'{"problem": 1}', 422, ["#/problem"]),
    ("no source", "POST", "/api/submissions", JSON, b'{"problem": "weight_pruning"}', 422, ["#/source"]),
    ("types", "POST", "/api/submissions", JSON, json.dumps({**CODING, "source": 1, "seed": "7"}).encode(), 422, ["#/source", "#/seed"]),
    ("boolean seed", "POST", "/api/submissions", JSON, json.dumps({**CODING, "seed": True}).encode(), 422, ["#/seed"]),
    ("float seed", "POST", "/api/submissions", JSON, json.dumps({**CODING, "seed": 7.0}).encode(), 422, ["#/seed"]),
    ("large seed", "POST", "/api/submissions", JSON, json.dumps({**CODING, "seed": 2**53}).encode(), 422, ["#/seed"]),
    ("huge seed", "POST", "/api/submissions", JSON, json.dumps({**CODING, "seed": 10**4000}).encode(), 422, ["#/seed"]),
    ("unknown", "POST", "/api/submissions", JSON, json.dumps({**CODING, "a/b": 1}).encode(), 422, ["#/a~1b"]),
    ("many unknown", "POST", "/api/submissions", JSON, json.dumps({**CODING, **{f"k{n}": 1 for n in range(9_000)}}).encode(), 422, [f"#/k{n}" for n in range(100)]),
    ("sheet for code", "POST", "/api/submissions", JSON, json.dumps({**CODING, "answers": {}}).encode(), 422, ["#/answers"]),
    ("code for a sheet", "POST", "/api/submissions", JSON, json.dumps({**THEORY, "source": ""}).encode(), 422, ["#/source"]),
    ("empty sheet", "POST", "/api/submissions", JSON, b'{"problem": "what_is_pruning"}', 422, ["#/seed", "#/answers"]),
    ("bad sheet", "POST", "/api/submissions", JSON, json.dumps({**THEORY, "answers": {"no": "a", "definition": 3}}).encode(), 422, ["#/answers/no", "#/answers/definition"]),
    ("lang", "GET", "/api/problems?lang=fr", {}, None, 422, ["lang"]),
    ("query seed", "GET", "/api/problems/what_is_pruning?seed=-1", {}, None, 422, ["seed"]),
    ("large query seed", "GET", f"/api/problems/what_is_pruning?seed={2**53}", {}, None, 422, ["seed"]),
    ("foreign", "POST", "/api/submissions", {**JSON, "Origin": "https://evil.example"}, b"{}", 403, []),
    ("null origin", "POST", "/api/submissions", {**JSON, "Origin": "null"}, b"{}", 403, []),
    ("foreign reader", "GET", "/api/problems", {"Origin": "http://evil.example"}, None, 403, []),
    ("foreign form", "POST", "/problems/weight_pruning", {"Sec-Fetch-Site": "cross-site"}, b"source=", 403, []),
    ("form media", "POST", "/problems/weight_pruning", {"Content-Type": "multipart/form-data; boundary=x"}, b"", 415, []),
    ("form without source", "POST", "/problems/weight_pruning", {"Content-Type": "application/x-www-form-urlencoded"}, b"a=b", 422, ["#/source"]),
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("method", "path", "headers", "body", "status", "pointers"), [case[1:] for case in ERRORS], ids=[case[0] for case in ERRORS])  # fmt: skip
def test_every_error_is_problem_details(
    client: TestClient,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes | None,
    status: int,
    pointers: list[str],
    language: str,
) -> None:
    answer = client.request(method, path, headers={**headers, "Accept-Language": language}, content=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told.keys() >= {"type", "title", "status", "detail", "instance"}
    assert told["status"] == status
    assert any("\u4e00" <= letter <= "\u9fff" for letter in told["title"]) == (language == "zh")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in told["detail"]) == (language == "zh")
    assert not told["detail"].startswith("web.")
    assert [one["pointer"] for one in told.get("errors", [])] == pointers
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert ("allow" in answer.headers) == (status == 405) or path.startswith("/static")


def test_a_body_without_length_is_not_read_beyond_the_limit(client: TestClient) -> None:
    given = 0

    def endless() -> Iterator[bytes]:
        nonlocal given
        while given < 64 * BODY_BYTES:
            given += 65536
            yield b" " * 65536

    answer = client.post("/api/submissions", content=endless(), headers=JSON)
    assert answer.status_code == 413


def test_the_body_limit_leaves_room_for_escapes(client: TestClient) -> None:
    source = "# " + "\x01" * 65_000
    body = json.dumps({**CODING, "source": source})
    assert len(body) > 6 * 65_000
    assert client.post("/api/submissions", content=body, headers=JSON).status_code == 202


def test_own_origin_is_welcome(client: TestClient) -> None:
    assert client.get("/api/problems", headers={"Origin": "http://testserver"}).status_code == 200


@pytest.mark.parametrize(
    ("limits", "status"), [(Limits(queue=0), 503), (Limits(burst=2, per_second=0.01), 429)], ids=["queue", "rate"]
)
def test_too_much_is_refused_with_retry_after(tmp_path: Path, limits: Limits, status: int) -> None:
    with make_service() as service:
        store = SqliteStore(tmp_path / "judge.sqlite3")
        with TestClient(create_app(service, store, workers=1, limits=limits)) as client:
            answers = [client.post("/api/submissions", json=THEORY) for _ in range(3)]
        store.close()
    refused = answers[-1]
    assert refused.status_code == status
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.headers["content-type"] == "application/problem+json"


def test_openapi_describes_every_route_and_error(client: TestClient) -> None:
    shown = client.get("/openapi.json").json()
    assert shown == document()
    described = {(method.upper(), path) for path, item in shown["paths"].items() for method in item}
    assert described == {(method, path) for method, path, _ in ROUTES}
    statuses = {status for item in shown["paths"].values() for one in item.values() for status in one["responses"]}
    assert statuses >= {"202", "403", "404", "405", "413", "415", "422", "429", "503"}
    names = set(shown["components"]["schemas"])
    assert all(name.split("/")[-1] in names for name in _references(shown))


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def test_one_who_hands_in_all_the_time_does_not_lock_out_the_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("judge.web.pages.PATIENCE", 0.0)
    limits = Limits(burst=2, per_second=0.001, visitor_burst=3, visitor_per_second=0.001)
    with make_service() as service:
        store = SqliteStore(tmp_path / "judge.sqlite3")
        app = create_app(service, store, limits=limits, workers=1)  # without its lifespan nobody judges
        one, other = (TestClient(app, follow_redirects=False) for _ in range(2))
        handed_in = [one.post("/problems/weight_pruning", data={"source": f"x = {n}"}) for n in range(5)]
        assert [answer.status_code for answer in handed_in] == [303] * 4 + [429]
        assert int(handed_in[-1].headers["retry-after"]) >= 1
        assert other.post("/problems/weight_pruning", data={"source": "y"}).status_code == 303
        assert TestClient(app).post("/problems/weight_pruning", data={"source": "z"}).status_code == 429
        store.close()
