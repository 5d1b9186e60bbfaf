"""Words for a person, in English and Chinese: the only place below the faces' templates that has any.

``judge/words/<language>/<area>.toml`` holds the sentences; the first part of a message's key names the area, so
``Message("checks.count", ...)`` is found under ``count`` in ``checks.toml``. A template names values in braces,
``{n}``; ``{n|weight|weights}`` picks a word by number (one, other). A problem package may add ``words.toml`` of its own
(tables ``[en]`` and ``[zh]``), whose keys start with ``package.``.
"""

from judge.words.catalogue import Catalogue, words
from judge.words.language import choose_language, from_accept_language, from_locale

__all__ = ["Catalogue", "choose_language", "from_accept_language", "from_locale", "words"]
