"""Which language to speak: told outright, by locale, or by an ``Accept-Language`` header."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "zh")


def choose_language(*wishes: str | None) -> str:
    """Return the first wish that names a language we speak ("zh-CN" names "zh"), else English."""
    for wish in wishes:
        if wish:
            base = wish.replace("_", "-").split("-")[0].split(".")[0].lower()
            if base in LANGUAGES:
                return base
    return LANGUAGES[0]


def from_locale(environment: Mapping[str, str]) -> str | None:
    """Return the language of the POSIX locale: the first of LC_ALL, LC_MESSAGES, LANG that is set."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return environment[name]
    return None


def from_accept_language(header: str | None) -> str | None:
    """Return the language we speak that an ``Accept-Language`` header ranks highest (RFC 9110, 12.5.4)."""
    best, best_quality = None, 0.0
    for part in (header or "").split(","):
        tag, _, parameter = part.strip().partition(";")
        try:
            quality = float(parameter.strip().removeprefix("q=")) if parameter.strip() else 1.0
        except ValueError:
            continue
        base = tag.strip().split("-")[0].lower()
        if base in LANGUAGES and quality > best_quality:
            best, best_quality = base, quality
    return best
