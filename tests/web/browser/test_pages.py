"""Every page and state in both languages, both themes, wide and narrow: it fits, it is usable by all, it is quiet.

``SCREENSHOTS=folder python -m pytest tests/web/browser/test_pages.py`` leaves a picture of each in the folder, to be
looked at.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import states

LANGUAGES = ("en", "zh")
ADDRESSES: dict[str, str] = {
    "start": "/",
    "about": "/about",
    "docs": "/docs",
    "no progress": "/progress",
    "weight pruning": "/problems/weight_pruning",
    "structured pruning": "/problems/structured_pruning",
    "theory": "/problems/what_is_pruning?seed=41",
    "reference": "/problems/weight_pruning/reference",
    "theory reference": "/problems/reading_the_code/reference?seed=41",
    "error": "/problems/nothing",
    **{name: f"/submissions/<{name}>" for name in states.CODE},
    "theory verdict": "/submissions/<theory>",
    "running": "/submissions/<running>",
    "review": "/submissions/<accepted>/review",
    "opened again": "/problems/weight_pruning?from=<wrong>&own=1",
}
WIDTHS = (360, 1440)


@pytest.fixture(scope="session")
def kept(site: Any) -> dict[str, str]:
    """Submissions in every state: their ids."""
    ids = {name: states.submission(site.state, name) for name in states.CODE}
    ids["theory"] = states.theory(site.state)
    ids["running"], _ = states.claimed(site.state, "weight_pruning", states.SOURCE.encode())
    return ids


@pytest.fixture(scope="session")
def axe(browser: Any) -> Any:  # which is skipped where it cannot be had
    from axe_playwright_python.sync_playwright import Axe

    return Axe()


def settled(page: Any) -> None:
    """Open what is folded, of hundreds the first few, and wait for the editors that are then shown."""
    if page.locator("form.solution").count():
        page.locator(".editor .cm-content").wait_for()
    page.evaluate("for (const one of [...document.querySelectorAll('details')].slice(0, 60)) one.open = true")
    if page.locator("[name=call]").count():
        page.locator(".own .cm-content").wait_for()


def look(page: Any, name: str) -> None:
    """Leave pictures of the page as a visitor finds it, where they are wanted."""
    if not os.environ.get("SCREENSHOTS"):
        return
    page.wait_for_load_state("networkidle")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(os.environ["SCREENSHOTS"]) / f"{name}-{theme}-{width}.png", full_page=True)
    page.emulate_media(color_scheme="light")


def too_wide(page: Any) -> list[str]:
    """Return what reaches beyond the page's right edge and is not within a box that scrolls by itself."""
    found: list[str] = page.evaluate(
        """() => {
            const edge = document.documentElement.clientWidth + 0.5;
            if (document.documentElement.scrollWidth <= edge) return [];
            const scrolls = (one) =>
                one && (getComputedStyle(one).overflowX !== "visible" || scrolls(one.parentElement));
            return [...document.querySelectorAll("body *")]
                .filter((one) => one.getBoundingClientRect().right > edge && !scrolls(one.parentElement))
                .map((one) => one.outerHTML.slice(0, 120)).slice(0, 5);
        }"""
    )
    return found


def violations(axe: Any, page: Any, **options: Any) -> list[str]:
    """Return what keeps people from using the page; a long source is left out, of which a short one tells as much."""
    found = axe.run(page, {"exclude": [[".source pre"]]}, {"resultTypes": ["violations"], **options})
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]} ({len(one['nodes'])})" for one in found.response["violations"]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ADDRESSES)
def test_a_page(visit: Any, kept: dict[str, str], axe: Any, name: str, language: str) -> None:
    address = ADDRESSES[name]
    for state, identifier in kept.items():
        address = address.replace(f"<{state}>", identifier)
    page = visit(address, language=language)
    look(page, f"{name}-{language}".replace(" ", "-"))
    settled(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert too_wide(page) == [], width
    assert violations(axe, page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(axe, page, runOnly=["color-contrast"]) == []  # nothing else differs


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_print_leaves_out_what_cannot_be_pressed(visit: Any, kept: dict[str, str], language: str) -> None:
    page = visit(f"/submissions/{kept['wrong']}", language=language)
    page.emulate_media(media="print")
    for hidden in ("header.top", ".copy", ".actions"):
        assert all(one.is_hidden() for one in page.locator(hidden).all())
    assert page.locator("#verdict").is_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
