"""What a visitor has handed in: the signed cookie, the pages that it fills, JSON and zip."""

from __future__ import annotations

import io
import json
import secrets
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from judge.bootstrap import make_service
from judge.store import SqliteStore
from judge.web import visitor
from judge.web.app import create_app

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SHEET = {"seed": "41", "essay": "剪枝"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with make_service() as service:
        store = SqliteStore(tmp_path / "judge.sqlite3")
        with TestClient(create_app(service, store, workers=1), headers={"Accept": "text/html"}) as opened:
            yield opened
        store.close()


def hand_in(client: TestClient, name: str, **fields: str) -> str:
    answer = client.post(f"/problems/{name}", content=urlencode(fields), headers=FORM, follow_redirects=False)
    assert answer.status_code == 303
    identifier = answer.headers["location"].rpartition("/")[2]
    client.get(f"/api/submissions/{identifier}/events")  # ends with the verdict
    return identifier


@pytest.mark.parametrize(("language", "said"), [("en", "not attempted"), ("zh", "未作答")])
def test_what_was_handed_in_is_listed(client: TestClient, language: str, said: str) -> None:
    headers = {"Accept-Language": language}
    empty = client.get("/progress", headers=headers).text
    assert "/submissions/" not in empty
    ids = [hand_in(client, "what_is_pruning", **SHEET), hand_in(client, "weight_pruning", source="def (")]
    page = client.get("/progress", headers=headers).text
    assert page.index(ids[1]) < page.index(ids[0])  # the newest first
    assert said in page
    for name, mine, other in (("what_is_pruning", *ids), ("weight_pruning", *reversed(ids))):
        shown = client.get(f"/problems/{name}?seed=41", headers=headers).text
        assert f"/submissions/{mine}" in shown
        assert f"/submissions/{other}" not in shown
    assert client.get("/", headers=headers).text.count('class="state bad"') == 2
    client.cookies.clear()
    assert ids[0] not in client.get("/progress", headers=headers).text


def test_the_list_as_json_and_the_solutions_as_zip(client: TestClient) -> None:
    ids = [hand_in(client, "what_is_pruning", **SHEET), hand_in(client, "weight_pruning", source="def (")]
    told = client.get("/progress.json").json()["submissions"]
    assert [one["id"] for one in told] == ids[::-1]
    assert {
        "problem": "weight_pruning",
        "status": "done",
        "verdict": "invalid_submission",
        "score": 0.0,
    }.items() <= told[0].items()
    answer = client.get("/progress.zip")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        index = json.loads(archive.read("index.json"))["submissions"]
        assert [one["id"] for one in index] == ids[::-1]
        assert sorted([*(one["file"] for one in index), "index.json"]) == sorted(archive.namelist())
        assert archive.read(index[0]["file"]) == b"def ("
        assert index[0]["file"].startswith("weight_pruning/")
        assert "剪枝" in archive.read(index[1]["file"]).decode()
        assert index[1]["file"].endswith(".toml")


def test_forgetting_empties_the_list_and_keeps_the_submissions(client: TestClient) -> None:
    identifier = hand_in(client, "what_is_pruning", **SHEET)
    assert client.post("/progress/forget", headers=FORM).status_code == 200
    assert client.get("/progress.json").json() == {"submissions": []}
    assert client.get(f"/submissions/{identifier}").status_code == 200
    assert client.post("/progress/forget", headers={"Origin": "https://evil.example"}).status_code == 403


def request(client: TestClient, cookie: str = "") -> Request:
    headers = [(b"cookie", f"{visitor.COOKIE}={cookie}".encode())] if cookie else []
    return Request(
        {
            "type": "http",
            "headers": headers,
            "app": client.app,
            "scheme": "http",
            "path": "/",
            "server": ("testserver", 80),
        }
    )


def cookie_of(response: Response) -> str:
    told = response.headers["set-cookie"]
    assert all(word in told for word in ("HttpOnly", "SameSite=lax", "Path=/"))
    return told.partition("=")[2].partition(";")[0]


def test_the_cookie_fits_and_forgets_the_oldest(client: TestClient) -> None:
    cookie, ids = "", [secrets.token_urlsafe(16) for _ in range(visitor.MOST + 3)]
    for identifier in ids:
        response = Response()
        visitor.remember(request(client, cookie), response, identifier)
        cookie = cookie_of(response)
    assert len(response.headers["set-cookie"]) < 4096
    assert visitor.submissions_of(request(client, cookie)) == ids[: -visitor.MOST - 1 : -1]


def test_only_a_cookie_of_our_making_counts(client: TestClient) -> None:
    response = Response()
    visitor.remember(request(client), response, secrets.token_urlsafe(16))
    cookie = cookie_of(response)
    assert len(visitor.submissions_of(request(client, cookie))) == 1
    for broken in (cookie[:-4] + "AAAA", "A" + cookie[1:], cookie[4:], cookie + "AAAA", "*", "A", "é", ""):
        assert visitor.submissions_of(request(client, broken)) == []
    other = create_app(client.app.state.judge.service, client.app.state.judge.store)  # type: ignore[attr-defined]
    foreign = request(client, cookie)
    foreign.scope["app"] = other  # with another secret
    assert visitor.submissions_of(foreign) == []
