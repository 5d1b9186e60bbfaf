"""The pages without scripts, in both languages: forms, verdicts, words, and nothing of a candidate's taken for HTML."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from judge.bootstrap import make_service
from judge.domain.plain import report_to_plain
from judge.domain.report import Check, Counterexample, Diagnosis, Isolation, Report, TestResult
from judge.domain.submission import Graded, Submission
from judge.domain.verdict import Verdict
from judge.message import Message
from judge.store import SqliteStore
from judge.web import pages, warming
from judge.web.app import create_app
from judge.words.catalogue import keys

WEB = Path(pages.__file__).parent
LANGUAGES = ("en", "zh")
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
SHOUT = (
    'def prune_weights(model, sparsity, scope="layer"):\n'
    "    print('<script>alert(1)</script>')\n"
    "    raise KeyError('</pre><img src=x onerror=alert(2)>')  # \u202e back to front\n"
)
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Page(HTMLParser):
    """What tests want to know about a page; fails on elements that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with make_service() as service:
        store = SqliteStore(tmp_path_factory.mktemp("data") / "judge.sqlite3")
        with TestClient(create_app(service, store, workers=1), headers={"Accept": "text/html"}) as opened:
            yield opened
            workers = opened.app.state.judge.workers  # type: ignore[attr-defined]
        workers.join(30)
        store.close()


@pytest.fixture(autouse=True)
def _no_cookies(client: TestClient) -> None:
    client.cookies.clear()


def page_of(client: TestClient, address: str, language: str, status: int = 200) -> Page:
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return checked(answer.text, language)


def checked(text: str, language: str) -> Page:
    """Return the page, which must be well formed, fit the policy, be labelled, and be whole in its language."""
    page = Page(text)
    assert page.all("html")[0]["lang"] == {"en": "en", "zh": "zh-Hans"}[language]
    assert not re.search(r"\bweb\.[a-z_]+\.?[a-z_]*\b", page.text)
    assert all(attrs.get("src", "").startswith("/static/") for attrs in page.all("script"))  # type: ignore[union-attr]
    assert not any(name == "style" or name.startswith("on") for _, attrs in page.elements for name in attrs)
    assert not page.all("style")
    assert len(page.all("h1")) == 1
    return page


def judged(
    client: TestClient, address: str, fields: dict[str, Any], language: str, shown: str = ""
) -> tuple[str, Page]:
    answer = client.post(
        address,
        content=urlencode(fields, doseq=True),
        headers={**FORM, "Accept-Language": language},
        follow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    place = answer.headers["location"]
    assert place.startswith("/submissions/")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        text = client.get(place, headers={"Accept-Language": language}).text
        if 'id="verdict"' in text:
            return place, checked(text, shown or language)
        assert '<noscript><meta http-equiv="refresh"' in text
        client.get(f"/api{place}/events")
    raise AssertionError("no verdict in time")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/about",
        "/docs",
        "/problems/weight_pruning",
        "/problems/structured_pruning",
        "/problems/what_is_pruning?seed=3",
        "/problems/weight_pruning/reference",
        "/problems/what_is_pruning/reference",
    ],
)
def test_every_page_in_both_languages(client: TestClient, address: str, language: str) -> None:
    page = page_of(client, address, language)
    if language == "zh":
        chinese = sum("\u4e00" <= letter <= "\u9fff" for letter in page.text)
        assert chinese > 60
    other = {"en": "zh", "zh": "en"}[language]
    switch = next(attrs for attrs in page.all("a") if f"lang={other}" in (attrs["href"] or ""))
    assert switch["lang"]
    assert page_of(client, str(switch["href"]), other)
    assert page_of(client, "/", other)  # by the cookie now, whatever the header says
    client.cookies.clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_page(client: TestClient, language: str) -> None:
    for address in ("/nothing", "/problems/nothing", "/problems/nothing/reference", "/submissions/nothing"):
        page_of(client, address, language, 404)
    page_of(client, "/problems/what_is_pruning?seed=x", language, 422)
    page_of(client, "/problems/weight_pruning?from=nothing", language, 404)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_coding_form_without_scripts(client: TestClient, language: str) -> None:
    page = page_of(client, "/problems/weight_pruning", language)
    assert [form["method"] for form in page.all("form")] == ["post"]
    assert [area["name"] for area in page.all("textarea")] == ["source", "call"]
    address = str(page.all("form")[0]["action"])
    place, verdict = judged(client, address, {"source": SHOUT.replace("\n", "\r\n"), "seed": "7"}, language)
    assert verdict.all("div")  # parsed to the end
    assert not [attrs for attrs in verdict.all("img") if not str(attrs["src"]).startswith("/static/")]
    assert "<script>alert(1)</script>" in verdict.text  # as text
    assert "\\u202e back" in verdict.text
    assert "\u202e" not in verdict.text
    assert "--seed 7" in verdict.text
    assert [attrs for attrs in verdict.all("details") if "open" in attrs]
    back = next(attrs["href"] for attrs in verdict.all("a") if "from=" in str(attrs["href"]))
    assert "onerror=alert(2)" in page_of(client, str(back), language).text
    stored = client.get(f"/api{place}").json()["result"]
    assert stored["verdict"] == "runtime_error"


def test_the_verdict_speaks_the_language_of_the_address(client: TestClient) -> None:
    place, _ = judged(client, "/problems/weight_pruning?lang=zh", {"source": "x = 1"}, "en", "zh")
    assert place.endswith("?lang=zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_theory_form_without_scripts(client: TestClient, language: str) -> None:
    page = page_of(client, "/problems/what_is_pruning?seed=5", language)
    questions = client.get("/api/problems/what_is_pruning?seed=5").json()["questions"]
    names = {str(attrs.get("name")) for tag, attrs in page.elements if tag in ("input", "select", "textarea")}
    assert names == {question["id"] for question in questions} | {"seed", "essay"}
    fields: dict[str, Any] = {"seed": "5", "essay": "One.\r\nTwo </textarea><b>."}
    for question in questions:
        ids = [option["id"] for option in question["options"]]
        fields[question["id"]] = {"numeric": "1.5", "multiple": ids[:1], "ordering": ids}.get(question["kind"], ids[:1])
    _, verdict = judged(client, "/problems/what_is_pruning", fields, language)
    assert "Two </textarea><b>." in verdict.text
    again = page_of(
        client, str(next(attrs["href"] for attrs in verdict.all("a") if "from=" in str(attrs["href"]))), language
    )
    assert "Two </textarea><b>." in again.text
    assert len([attrs for attrs in again.all("input") if "checked" in attrs]) >= 3
    fields["storage"] = "x"
    numeric = next(question["id"] for question in questions if question["kind"] == "numeric")
    refused = client.post(
        "/problems/what_is_pruning",
        content=urlencode({**fields, numeric: "12 %"}, doseq=True),
        headers={**FORM, "Accept-Language": language},
    )
    assert refused.status_code == 422
    shown = checked(refused.text, language)
    assert [attrs["value"] for attrs in shown.all("input") if attrs.get("name") == numeric] == ["12 %"]
    assert numeric in shown.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_source_too_large_comes_back_in_the_form(client: TestClient, language: str) -> None:
    content = urlencode({"source": "#" * 70_000})
    answer = client.post("/problems/weight_pruning", content=content, headers={**FORM, "Accept-Language": language})
    assert answer.status_code == 413
    assert "#" * 70_000 in checked(answer.text, language).text


def test_words_are_complete_in_both_languages() -> None:
    english, chinese = (keys(language, "web") for language in LANGUAGES)
    assert english == chinese
    used: set[str] = set()
    starts: set[str] = set()
    for path in [*(WEB / "templates").glob("*.html")]:
        text = path.read_text("utf-8")
        used.update(f"web.{name}" for name in re.findall(r"""\bt\(\s*["']([a-z_.]+)["']\s*[,)]""", text))
        starts.update(f"web.{name}" for name in re.findall(r"""\bt\(\s*["']([a-z_.]+\.)["'] ~""", text))
    for path in WEB.glob("*.py"):
        text = path.read_text("utf-8")
        used.update(re.findall(r'"(web\.[a-z_]+\.[a-z_]+)"', text))
        starts.update(re.findall(r'f"(web\.[a-z_]+\.)\{', text))
    assert used <= english
    unused = {name for name in english - used if not any(name.startswith(start) for start in starts)}
    assert unused == set()


def test_the_words_of_pictures_are_all_used() -> None:
    english, chinese = (keys(language, "web_pictures") for language in LANGUAGES)
    assert english == chinese
    parts = [*WEB.glob("pictures/*.py"), *WEB.glob("templates/*.html"), WEB / "review_page.py"]
    text = "\n".join(path.read_text("utf-8") for path in parts)
    assert {key for key in english if not re.search(rf"\b{key.rpartition('.')[2]}\b", text)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_verdict_with_everything_that_a_report_can_hold(tmp_path: Path, language: str) -> None:
    said = Message("theory.said", {"en": "A <i>slip</i>.", "zh": "<i>笔误</i>。"})
    failed = TestResult("ties-1", "ties", Verdict.WRONG_ANSWER, 0.01, "<b>out", (Check("of_its_own", False, said),))
    skipped = TestResult("ties-2", "ties", Verdict.SKIPPED, 0.0, "", ())
    report = Report(
        problem="weight_pruning",
        verdict=Verdict.WRONG_ANSWER,
        score=0.5,
        seed=7,
        graded=Graded.SUBMISSION,
        seconds=0.1,
        isolation=Isolation.REDUCED,
        tests=(failed, skipped),
        diagnosis=(Diagnosis("threshold_ties", said),),
        counterexample=Counterexample("prune_weights(model, 0.5)", 2, said, said, "assert '<u>' == 1\n"),
        notes=(said,),
        versions={"judge": "0"},
    )
    with make_service() as service:
        store = SqliteStore(tmp_path / "judge.sqlite3")
        client = TestClient(create_app(service, store, workers=1))  # without its lifespan: nobody judges
        for identifier, problem in (("known", "weight_pruning"), ("gone", "a_package_that_is_gone")):
            store.add(identifier, Submission(problem, b"\xef\xbb\xbfx = '<s>'\xff\n", 7))
            waiting = client.get(f"/submissions/{identifier}", headers={"Accept-Language": language})
            assert [attrs for attrs in checked(waiting.text, language).all("div") if attrs.get("id") == "live"]
            claim = store.claim("test/0", 60, identifier)
            assert claim is not None
            assert store.finish(claim, report_to_plain(report))
            answer = client.get(f"/submissions/{identifier}", headers={"Accept-Language": language})
            assert answer.status_code == 200
            page = checked(answer.text, language)
            for text in ("assert '<u>' == 1", "x = '<s>'", "<b>out", "of_its_own", "ties-2"):
                assert text in page.text
            assert page.text.count("<i>") == 5  # check, diagnosis, got, expected, note: all of it as text
        store.close()


def test_every_first_page_is_made_ahead(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    made, make = [], pages.make

    def watched(request: Request) -> Response:
        answer = make(request)
        made.append((request.url.path, answer.headers["content-language"], answer.status_code))
        return answer

    monkeypatch.setattr(pages, "make", watched)
    app = client.app
    assert isinstance(app, FastAPI)
    warming.begin(app).join(60)
    names = [one["name"] for one in client.get("/api/problems").json()]
    assert sorted(made) == sorted((f"/problems/{name}", language, 200) for name in names for language in LANGUAGES)
