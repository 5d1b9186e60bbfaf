"""The review over HTTP: worked out once, kept with the submission, shown in either language, its questions answered."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import judge.web.review
import judge.web.review_page
from judge.bootstrap import make_service
from judge.packages import Library
from judge.store import SqliteStore
from judge.web.app import create_app
from judge.web.openapi import document
from judge.web.review import Reviews
from judge.words import words

ACCEPTED = (Library().find("weight_pruning") / "submissions/accepted/argpartition_on_a_copy.py").read_text("utf-8")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with make_service() as service:
        store = SqliteStore(tmp_path_factory.mktemp("data") / "judge.sqlite3")
        with TestClient(create_app(service, store, workers=1)) as opened:
            yield opened
            workers = opened.app.state.judge.workers  # type: ignore[attr-defined]
        workers.join(30)
        store.close()


def submitted(client: TestClient, **body: Any) -> str:
    """Hand in, wait for the verdict, and return the address of the review."""
    address = client.post("/api/submissions", json=body).headers["location"]
    client.get(f"{address}/events")
    return f"{address}/review"


@pytest.fixture(scope="module")
def address(client: TestClient) -> str:
    return submitted(client, problem="weight_pruning", source=ACCEPTED, seed=5)


def test_a_review_is_worked_out_once(client: TestClient, address: str) -> None:
    english = client.get(address)
    assert english.status_code == 200, english.text
    chinese = client.get(address, params={"lang": "zh"})
    assert english.headers["content-language"] == "en"
    assert chinese.headers["content-language"] == "zh"
    first, second = english.json(), chinese.json()
    # Times measured twice would differ.
    assert first["measured"] == second["measured"]
    assert first["measured"] is not None
    assert first["curves"][0]["message"] != second["curves"][0]["message"]
    assert first["questions"]["seed"] == first["seed"] == 5


def test_it_is_as_it_is_described(client: TestClient, address: str) -> None:
    shown = client.get(address).json()
    schema = document()["components"]["schemas"]["Review"]
    example = document()["paths"]["/api/submissions/{id}/review"]["get"]["responses"]["200"]["content"]
    for one in (shown, example["application/json"]["example"]):
        assert one.keys() == schema["properties"].keys()
        for comment in one["comments"]:
            assert comment.keys() == schema["properties"]["comments"]["items"]["properties"].keys()
        for curve in one["curves"]:
            properties = schema["properties"]["curves"]["items"]["properties"]
            assert curve.keys() == properties.keys()
            assert all(
                series.keys() == properties["series"]["items"]["properties"].keys() for series in curve["series"]
            )
        assert one["measured"].keys() == schema["properties"]["measured"]["anyOf"][0]["properties"].keys()


def test_its_questions_can_be_answered(client: TestClient, address: str) -> None:
    asked = {question["id"] for question in client.get(address).json()["questions"]["questions"]}
    graded = client.post(address, json={"answers": {"lost_images": -1}, "essay": "because"})
    assert graded.status_code == 200, graded.text
    assert {test["name"] for test in graded.json()["tests"]} == asked
    assert graded.json()["verdict"] == "wrong_answer"
    for body, pointers in (
        ({"answers": {"no": 1, "lost_images": "many"}}, ["#/answers/no", "#/answers/lost_images"]),
        ({"answers": []}, ["#/answers"]),
        ({"seed": 5}, ["#/answers", "#/seed"]),
    ):
        refused = client.post(address, json=body)
        assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
        assert [one["pointer"] for one in refused.json()["errors"]] == pointers
    assert client.post(address, content=b"{}").status_code == 415


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "body",
    [
        {"problem": "weight_pruning", "source": "x = 1"},
        {"problem": "what_is_pruning", "seed": 41, "answers": {}},
    ],
    ids=["not accepted", "theory"],
)
def test_what_cannot_be_reviewed_is_a_conflict(
    client: TestClient, body: dict[str, Any], method: str, language: str
) -> None:
    address = submitted(client, **body)
    json = {"answers": {}} if method == "POST" else None
    answer = client.request(method, address, json=json, params={"lang": language})
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in answer.json()["detail"]) == (language == "zh")
    assert not answer.json()["detail"].startswith("review.")


def test_unknown_things(client: TestClient, address: str) -> None:
    assert client.get("/api/submissions/nothing/review").status_code == 404
    assert client.post("/api/submissions/nothing/review", json={"answers": {}}).status_code == 404
    assert client.get(address, params={"lang": "fr"}).status_code == 422
    assert client.delete(address).status_code == 405


def test_one_that_is_not_judged_yet_is_asked_for_later(tmp_path: Path) -> None:
    with make_service() as service:
        store = SqliteStore(tmp_path / "judge.sqlite3")
        client = TestClient(create_app(service, store, workers=1))  # without its lifespan nobody judges
        identifier = client.post("/api/submissions", json={"problem": "weight_pruning", "source": ACCEPTED}).json()[
            "id"
        ]
        answer = client.get(f"/api/submissions/{identifier}/review")
        store.close()
    assert answer.status_code == 409
    assert int(answer.headers["retry-after"]) >= 1


def test_too_many_reviews_at_a_time_are_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = submitted(client, problem="weight_pruning", source=ACCEPTED + "\n# another\n", seed=6)
    monkeypatch.setattr(Reviews, "WAITING", 0)
    answer = client.get(address)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1


def test_a_review_of_another_version_is_made_anew(client: TestClient, address: str) -> None:
    store = client.app.state.judge.store  # type: ignore[attr-defined]
    identifier = address.split("/")[3]
    client.get(address)
    kept = store.review(identifier)
    assert kept is not None
    store.keep_review(identifier, {**kept, "versions": {"judge": "0", "problem": "0"}, "comments": []})
    shown = client.get(address).json()
    assert shown["versions"] == kept["versions"] == store.review(identifier)["versions"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_says_that_a_review_is_being_worked_out(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    address = submitted(client, problem="weight_pruning", source=f"{ACCEPTED}\n# {language}\n", seed=7)
    page = address.removeprefix("/api")
    may_end, review = threading.Event(), judge.web.review.review
    monkeypatch.setattr(judge.web.review_page, "PATIENCE", 0.05)
    monkeypatch.setattr(judge.web.review, "review", lambda *what: (may_end.wait(60), review(*what))[1])
    waiting = client.get(page, params={"lang": language})
    assert waiting.status_code == 202
    assert 'http-equiv="refresh"' in waiting.text
    assert words(language).text("web.review.wait") in waiting.text
    assert client.get(page).status_code == 202  # the same one goes on
    may_end.set()
    assert client.get(address).status_code == 200
    shown = client.get(page, params={"lang": language})
    assert shown.status_code == 200
    assert 'http-equiv="refresh"' not in shown.text
