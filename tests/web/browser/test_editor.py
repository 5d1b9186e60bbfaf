"""The editor of a coding problem: keyboard, drafts, running the samples, handing in."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from judge.web import assets

EDITOR = Path(assets.__file__).parent / "editor"
NEVER = 'def prune_weights(model, sparsity, scope="layer"):\n    return model.copy(), {}\n'


def opened(visit: Any, path: str = "/problems/weight_pruning", **options: Any) -> Any:
    page = visit(path, **options)
    page.locator(".cm-content").first.wait_for()
    return page


def written(page: Any) -> str:
    text: str = page.evaluate("document.querySelector('[name=source]').value")
    return text


def kept(page: Any, text: str) -> None:
    """Wait until ``text`` is the draft that is kept. Polled from here: the policy forbids eval in the page."""
    for _ in range(100):
        if page.evaluate("localStorage.getItem('judge:draft:weight_pruning')") == text:
            return
        page.evaluate("new Promise((done) => requestAnimationFrame(done))")
    raise AssertionError("the draft was not kept")


def write(page: Any, text: str) -> None:
    """Replace everything by ``text``, in one stroke as a paste does."""
    page.locator(".editor .cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def test_the_bundle_is_made_of_these_sources() -> None:
    digest = hashlib.sha256()
    for name in ("build.mjs", "editor.js", "package-lock.json"):
        digest.update((EDITOR / name).read_bytes())
    built = (assets.FOLDER / "editor.js").read_text("utf-8")
    assert digest.hexdigest() in built.partition("\n")[0], "build it: see judge/web/editor/README.md"


def test_the_lock_file_names_no_place_to_download_from() -> None:
    assert not re.search(r'"resolved"|https?://', (EDITOR / "package-lock.json").read_text("utf-8"))


def test_a_first_visit_is_small(visit: Any) -> None:
    sizes = []
    page = visit("/about")
    page.on("response", lambda answer: sizes.append(answer.request.sizes()))
    page.goto("/problems/weight_pruning")
    page.locator(".cm-content").wait_for()
    assert 100_000 < sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes) < 250_000
    before = len(sizes)
    page.goto("/problems/structured_pruning")
    page.locator(".cm-content").wait_for()
    assert sum(size["responseBodySize"] for size in sizes[before:]) < 40_000  # the rest is kept by the browser


def test_it_writes_python(visit: Any) -> None:
    page = opened(visit)
    write(page, "")
    page.keyboard.type("def f(x")
    page.keyboard.press("End")
    page.keyboard.type(":")
    page.keyboard.press("Enter")
    page.keyboard.type("return [x")
    assert written(page) == "def f(x):\n    return [x]"
    assert page.locator(".cm-matchingBracket").count() == 2
    assert page.locator(".cm-line .k").all_inner_texts() == ["def", "return"]


def test_tab_does_not_trap_the_keyboard(visit: Any) -> None:
    page = opened(visit)
    write(page, "x = 1")
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    assert written(page) == "    x = 1"
    page.keyboard.press("Shift+Tab")
    assert written(page) == "x = 1"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.classList.contains('submit')")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.classList.contains('cm-content')")
    assert written(page) == "x = 1"


def test_search_speaks_the_language(visit: Any) -> None:
    page = opened(visit, language="zh")
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+f")
    page.keyboard.type("sparsity")
    page.locator(".cm-searchMatch").first.wait_for()
    panel = page.locator(".cm-search")
    assert panel.get_by_role("button", name="全部替换").is_visible()
    assert not re.search(r"[a-z]{3,}", panel.inner_text())


def test_a_draft_survives_reload_crash_and_the_reference_answer(visit: Any) -> None:
    page = opened(visit)
    write(page, "x = 1  # 剪枝")
    page.get_by_text("Draft kept").wait_for()
    page.reload()
    assert page.locator(".cm-line").inner_text() == "x = 1  # 剪枝"
    write(page, "x = 2")
    kept(page, "x = 2")
    context = page.context
    crashed = page
    page = context.new_page()  # the old one is never told that it ends
    page.goto("/problems/weight_pruning")
    assert page.locator(".cm-line").inner_text() == "x = 2"
    crashed.close(run_before_unload=False)
    page.get_by_role("link", name="Show the reference answer").click()
    page.go_back()
    assert page.locator(".cm-line").inner_text() == "x = 2"
    assert page.get_by_role("button", name="Submit").is_enabled()
    page.get_by_role("button", name="Back to the starter").click()
    assert "raise NotImplementedError" in written(page)
    page.keyboard.press("Control+z")
    assert written(page) == "x = 2"


def test_handing_in_and_opening_it_again_keeps_the_draft(visit: Any) -> None:
    page = opened(visit)
    write(page, NEVER)
    page.keyboard.press("Control+Enter")
    page.locator("#verdict[data-verdict=wrong_answer]").wait_for()
    page.go_back()
    page.locator(".cm-content").wait_for()
    write(page, "my_draft = 1")
    page.get_by_text("Draft kept").wait_for()
    page.go_forward()
    page.get_by_role("link", name="Open in the editor").click()
    page.locator(".cm-content").wait_for()
    assert written(page) == NEVER
    write(page, NEVER + "# changed\n")
    page.get_by_role("button", name="Put my draft back").click()
    assert written(page) == "my_draft = 1"
    assert page.get_by_role("button", name="Put my draft back").is_hidden()


def test_running_the_samples_stays_on_the_page(visit: Any, site: Any) -> None:
    page = opened(visit, language="zh")
    write(page, NEVER)
    page.keyboard.press("Control+Shift+Enter")
    page.locator("#outcome .outcome-head").wait_for()
    assert "答案错误" in page.locator("#outcome").inner_text()
    assert page.url.endswith("/problems/weight_pruning")
    assert written(page) == NEVER
    assert site.state.store.waiting() == 0


def test_an_input_of_ones_own(visit: Any) -> None:
    page = opened(visit)
    write(page, NEVER)
    page.get_by_text("Try my own input").click()
    page.locator(".own .cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("(")  # typed over the whole, a bracket goes round it
    assert page.evaluate("document.querySelector('[name=call]').value").startswith("(model = ")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Enter")
    page.locator("#outcome .outcome-head.bad").wait_for()
    assert "A right answer" in page.locator("#outcome").inner_text()
    page.locator(".own .cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("prune_weights(model, 0.5)")
    page.keyboard.press("Control+Enter")
    page.locator("#outcome [role=alert]").wait_for()
    page.reload()
    assert page.evaluate("document.querySelector('[name=call]').value") == "prune_weights(model, 0.5)"


def test_a_server_that_is_away_costs_nothing(visit: Any) -> None:
    page = opened(visit)
    write(page, NEVER)
    page.route("**/samples", lambda route: route.abort())
    page.get_by_role("button", name="Run the samples").click()
    page.get_by_text("The server cannot be reached").wait_for()
    page.unroute("**/samples")
    page.get_by_role("button", name="Run the samples").click()
    page.locator("#outcome .outcome-head").wait_for()
    assert written(page) == NEVER


def test_without_the_editor_the_textarea_does(visit: Any) -> None:
    page = visit("/about")
    page.route("**/editor.js", lambda route: route.abort())
    page.goto("/problems/weight_pruning")
    page.locator("[name=source]").fill(NEVER)
    page.get_by_text("Draft kept").wait_for()
    page.keyboard.press("Control+Enter")
    page.locator("#verdict").wait_for()
