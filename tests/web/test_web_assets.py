"""Static files and compressed pages: small, kept for long, and never of two versions at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from judge.bootstrap import make_service
from judge.store import SqliteStore
from judge.web import assets
from judge.web.app import create_app

FRESH = f"/static/{assets.digest()}"
NAMES = sorted(path.name for path in assets.FOLDER.iterdir())


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with make_service() as service:
        store = SqliteStore(tmp_path_factory.mktemp("data") / "judge.sqlite3")
        yield TestClient(create_app(service, store, workers=1))  # without its lifespan: nobody judges
        store.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_served_whole_either_way(client: TestClient, name: str) -> None:
    content = (assets.FOLDER / name).read_bytes()
    for encoding in ("gzip", "identity", "gzip;q=0"):
        answer = client.get(f"{FRESH}/{name}", headers={"Accept-Encoding": encoding})
        assert answer.content == content
        assert answer.headers.get("content-encoding") == ("gzip" if encoding == "gzip" else None)
        assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(("folder", "lasting"), [(FRESH, True), ("/static/0123", False), ("/static", False)])
def test_only_the_address_of_this_version_lasts(client: TestClient, folder: str, lasting: bool) -> None:
    answer = client.get(f"{folder}/judge.css")
    assert ("immutable" in answer.headers["cache-control"]) == lasting
    again = client.get(f"{folder}/judge.css", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fpages.py", "%2e%2e", "judge.css/"])
def test_nothing_else_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"{FRESH}/{name}").status_code == 404


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".js") and name != "editor.js"])
def test_scripts_name_only_files_that_are_there(name: str) -> None:
    text = (assets.FOLDER / name).read_text("utf-8")
    imported = re.findall(r"""(?:from|import\() ?["']\./([\w.]+)["']""", text)
    assert set(imported) <= set(NAMES)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", text)


def test_pages_are_compressed_where_that_is_welcome(client: TestClient) -> None:
    packed, plain = (
        client.get("/about", headers={"Accept-Encoding": encoding, "Accept": "text/html"})
        for encoding in ("gzip", "identity")
    )
    assert packed.text == plain.text
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert "Accept-Encoding" in packed.headers["vary"]


def test_only_a_page_that_asks_allows_styles_by_nonce(client: TestClient) -> None:
    policies = [
        client.get("/problems/weight_pruning", headers={"Accept": "text/html"}).headers["content-security-policy"]
        for _ in range(2)
    ]
    nonces = [re.findall(r"'nonce-([\w-]{22})'", policy) for policy in policies]
    assert [len(found) for found in nonces] == [1, 1]
    assert nonces[0] != nonces[1]
    assert "nonce" not in client.get("/about").headers["content-security-policy"]


def test_our_own_files_are_small() -> None:
    own = [asset for name, asset in assets.assets().items() if not name.startswith("editor")]
    assert sum(len(asset.packed) for asset in own) < 20_000
