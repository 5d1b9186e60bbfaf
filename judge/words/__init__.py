"""Words for a person, in English and Chinese: the only place below the faces' templates that has any.

``judge/words/<language>/<area>.toml`` holds the sentences; the first part of a message's key names the area, so
``Message("checks.count.ok", ...)`` is found under ``count.ok`` in ``checks.toml``. What a template may hold stands in
``catalogue.py``; ``render.py`` makes the JSON objects that both faces show. A problem package may add ``words.toml`` of
its own (tables ``[en]`` and ``[zh]``), whose keys start with ``package.``.
"""

from judge.words.catalogue import Catalogue, words
from judge.words.language import choose_language, from_accept_language, from_locale

__all__ = ["Catalogue", "choose_language", "from_accept_language", "from_locale", "words"]
