"""Running without handing in, from the page's form and without scripts: what is shown, and that nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from judge.bootstrap import make_service
from judge.domain.problem import CodingProblem
from judge.packages.library import Library
from judge.store import SqliteStore
from judge.web import view
from judge.web.app import create_app
from judge.web.state import Limits

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
NEVER = 'def prune_weights(model, sparsity, scope="layer"):\n    print("<i>hello")\n    return model.copy(), {}\n'
CALL = "model = Sequential([Linear(np.array([[1.0, -2.0]]))])\nprune_weights(model, 0.5)"
CODING = ("weight_pruning", "structured_pruning")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with make_service() as service:
        store = SqliteStore(tmp_path_factory.mktemp("data") / "judge.sqlite3")
        with TestClient(create_app(service, store, workers=1)) as opened:
            yield opened
            assert store.waiting() == 0
            assert store.claim("test/0", 1) is None  # nothing was ever kept
        store.close()


def post(client: TestClient, path: str, language: str = "en", **fields: str) -> Any:
    return client.post(path, content=urlencode(fields), headers={**FORM, "Accept-Language": language})


@pytest.mark.parametrize(("language", "said"), [("en", "wrong answer"), ("zh", "答案错误")])
def test_the_samples_alone(client: TestClient, language: str, said: str) -> None:
    answer = post(client, "/problems/weight_pruning/samples", language, source=NEVER, seed="7")
    assert answer.status_code == 200
    outcome = answer.text.partition("data-outcome")[2].partition("</section>")[0]
    assert said in outcome
    assert "samples-1" in outcome
    assert "ties" not in outcome
    assert "&lt;i&gt;hello" in outcome
    assert "model.copy(), {}" in answer.text.partition("data-outcome")[0]
    assert 'value="7"' in answer.text


@pytest.mark.parametrize("name", CODING)
def test_the_reference_passes_the_samples_and_the_example(client: TestClient, name: str) -> None:
    problem = Library().load(name)
    assert isinstance(problem, CodingProblem)
    assert problem.reference is not None
    source = problem.reference.read_text("utf-8")
    for path, call in (("samples", ""), ("try", view.example_of(problem))):
        answer = post(client, f"/problems/{name}/{path}", source=source, call=call)
        assert answer.status_code == 200
        assert 'class="outcome-head good"' in answer.text


@pytest.mark.parametrize(("language", "said"), [("en", "Reference answer"), ("zh", "参考解法的结果")])
def test_an_input_of_ones_own(client: TestClient, language: str, said: str) -> None:
    answer = post(client, "/problems/weight_pruning/try", language, source=NEVER, call=CALL)
    assert answer.status_code == 200
    outcome = answer.text.partition("data-outcome")[2].partition("</section>")[0]
    assert 'class="outcome-head bad"' in outcome
    assert said in outcome
    assert "&lt;i&gt;hello" in outcome
    assert '<details class="own" open>' in answer.text
    assert "Linear(np.array([[1.0, -2.0]]))" in answer.text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_call_that_cannot_be_read_is_told_and_kept(client: TestClient, language: str) -> None:
    answer = post(client, "/problems/weight_pruning/try", language, source=NEVER, call="prune_weights(open('x'), 0.5)")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "open(&#39;x&#39;)" in answer.text


@pytest.mark.parametrize("path", ["samples", "try"])
def test_what_is_not_offered(client: TestClient, path: str) -> None:
    assert post(client, f"/problems/what_is_pruning/{path}", source=NEVER).status_code == 404
    assert post(client, f"/problems/weight_pruning/{path}", call=CALL).status_code == 422
    assert post(client, f"/problems/weight_pruning/{path}", source="#" * 70_000, call=CALL).status_code == 413
    back = client.get(f"/problems/weight_pruning/{path}?lang=zh", follow_redirects=False)
    assert (back.status_code, back.headers["location"]) == (303, "/problems/weight_pruning?lang=zh")


@pytest.mark.parametrize(("limits", "status"), [(Limits(runs=0), 503), (Limits(burst=1, per_second=0.01), 429)])
def test_too_much_is_refused(tmp_path: Path, limits: Limits, status: int) -> None:
    with make_service() as service:
        store = SqliteStore(tmp_path / "judge.sqlite3")
        with TestClient(create_app(service, store, workers=1, limits=limits)) as client:
            answers = [post(client, "/problems/weight_pruning/samples", source="def (") for _ in range(2)]
        store.close()
    assert answers[-1].status_code == status
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert "data-outcome" in answers[-1].text
