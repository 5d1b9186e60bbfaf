"""A server of ``judge serve``, as the command line talks to it: hand in, follow the tests, take the report.

The server puts reports into words, so what comes back is read into a :class:`Report` whose messages are verbatim; it is
shown as one that was made here.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any

from judge import __version__
from judge.domain.report import Check, Counterexample, Diagnosis, Isolation, Report, TestResult
from judge.domain.submission import Graded
from judge.domain.verdict import Verdict
from judge.errors import RefusedByServer, ServerFailed, UsageError
from judge.message import Message

TIMEOUT_SECONDS = 40.0  # without a byte; a quiet stream says every 15 seconds that it is still there
RETRIES = 5  # of a stream that broke off without a single test
_LONGEST = 8 << 20  # bytes of an answer; a report is less than 1 MiB
_BUSY = (429, 503)


class Server:
    """The server at ``url``; answers come in ``language``.

    Every method raises :class:`judge.errors.ServerFailed` where it cannot be reached or answers nonsense, and
    :class:`judge.errors.RefusedByServer` with what it says against a request.
    """

    def __init__(self, url: str, language: str) -> None:
        parts = urllib.parse.urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise UsageError("remote.bad_url", url=url)
        self.url = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self._headers = {"Accept-Language": language, "User-Agent": f"judge/{__version__}"}

    def problem(self, name: str) -> dict[str, Any]:
        """Return what ``judge show --json`` would."""
        return self._ask(f"/api/problems/{urllib.parse.quote(name, safe='')}")

    def submit(self, body: Mapping[str, Any]) -> str:
        """Hand in and return the id; the submission is on the server's disk then."""
        identifier = self._ask("/api/submissions", json.dumps(body).encode()).get("id")
        if type(identifier) is not str:
            raise ServerFailed("remote.nonsense", url=self.url)
        return identifier

    def page(self, identifier: str) -> str:
        """Return the address of a submission for people."""
        return f"{self.url}/submissions/{urllib.parse.quote(identifier, safe='')}"

    def follow(self, identifier: str, on_test: Callable[[TestResult], None]) -> dict[str, Any]:
        """Tell each test as it is finished and return the report's JSON; takes a stream that broke up again."""
        path = f"/api/submissions/{urllib.parse.quote(identifier, safe='')}/events"
        last, failures = "", 0
        while True:
            try:
                for number, event, data in self._events(path, last):
                    if event == "result":
                        return _table(data, self.url)
                    if event == "test":
                        on_test(_test(_table(data, self.url)))
                    last, failures = number, 0
            except (OSError, http.client.HTTPException):
                pass
            failures += 1
            if failures > RETRIES:
                raise ServerFailed("remote.lost", url=self.url, page=self.page(identifier))
            time.sleep(min(0.2 * 2**failures, 5.0))

    def _events(self, path: str, last: str) -> Iterator[tuple[str, str, str]]:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last} if last else {})
        with closing(self._open(urllib.request.Request(self.url + path, headers=headers))) as answer:
            fields: dict[str, str] = {}
            while line := answer.readline(_LONGEST):
                name, _, value = line.decode("utf-8", "replace").rstrip("\r\n").partition(": ")
                if name:
                    fields[name] = value
                    continue
                if "data" in fields:
                    yield fields.get("id", ""), fields.get("event", ""), fields["data"]
                fields = {}

    def _ask(self, path: str, body: bytes | None = None) -> dict[str, Any]:
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"} if body else {})
        try:
            with closing(self._open(request)) as answer:
                return _table(answer.read(_LONGEST).decode("utf-8", "replace"), self.url)
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise ServerFailed("remote.unreachable", url=self.url, reason=str(reason)) from None

    def _open(self, request: urllib.request.Request) -> Any:
        for name, value in self._headers.items():
            request.add_header(name, value)
        try:
            return urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)  # http or https: see __init__
        except urllib.error.HTTPError as refused:
            with closing(refused):
                said = _said(refused.read(_LONGEST))
            if refused.code in _BUSY:
                seconds = refused.headers.get("Retry-After", "")
                raise ServerFailed("remote.busy", url=self.url, said=said, seconds=seconds) from None
            if refused.code >= 500 or not said:
                raise ServerFailed("remote.failed", url=self.url, status=refused.code, said=said) from None
            raise RefusedByServer("remote.refused", url=self.url, said=said) from None


def _said(body: bytes) -> str:
    """Return the sentences of problem details (RFC 9457); empty where it is none."""
    try:
        table = json.loads(body)
        details = [str(one["detail"]) for one in table.get("errors", ()) if one.get("detail")]
        return " ".join(details or [str(table.get("detail") or table.get("title") or "")])
    except (ValueError, AttributeError, TypeError, KeyError):
        return ""


def _table(text: str, url: str) -> dict[str, Any]:
    try:
        table = json.loads(text)
    except ValueError:
        table = None
    if type(table) is not dict:
        raise ServerFailed("remote.nonsense", url=url)
    return table


def report_of(result: Mapping[str, Any], url: str) -> Report:
    """Return the report that a server's JSON tells. Raises :class:`ServerFailed` where it is none."""
    try:
        found = result["counterexample"]
        return Report(
            problem=result["problem"],
            verdict=Verdict(result["verdict"]),
            score=result["score"],
            seed=result["seed"],
            graded=Graded(result["graded"]),
            seconds=result["seconds"],
            isolation=Isolation(result["isolation"]),
            tests=tuple(map(_test, result["tests"])),
            notes=tuple(map(_verbatim, result["notes"])),
            diagnosis=tuple(Diagnosis(one["id"], _verbatim(one["message"])) for one in result["diagnosis"]),
            counterexample=None if found is None else _counterexample(found),
            versions=result["versions"],
        )
    except (KeyError, ValueError, TypeError):
        raise ServerFailed("remote.nonsense", url=url) from None


def _test(table: Mapping[str, Any]) -> TestResult:
    checks = tuple(Check(one["name"], one["passed"], _verbatim(one["detail"])) for one in table["checks"])
    verdict = Verdict(table["verdict"])
    return TestResult(table["name"], table["group"], verdict, table["seconds"], table["output"], checks)


def _counterexample(found: Mapping[str, Any]) -> Counterexample:
    detail, twin = found.get("detail"), found.get("passing_twin")
    return Counterexample(
        found["call"],
        found["numbers"],
        _verbatim(found["got"]),
        _verbatim(found["expected"]),
        found["snippet"],
        network=found.get("network", ""),
        check=found.get("check", ""),
        detail=_verbatim(detail) if detail else None,
        earlier=tuple(found.get("earlier", ())),
        right_answers=found.get("right_answers", 0),
        passing_twin=_verbatim(twin) if twin else None,
        flaky=found.get("flaky", False),
    )


def _verbatim(text: str) -> Message:
    return Message("remote.verbatim", {"text": text})
