"""Where text goes: language, colours, width, and streams that may be closed, redirected or unable to write Chinese."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Mapping
from typing import Any, TextIO

from judge.words import Catalogue, choose_language, from_locale, words

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_PLAIN = {
    "█": "#",
    "░": ".",
    "✓": "+",
    "✗": "x",
    "·": "-",
    "│": "|",
    "•": "*",
    "…": "...",
    "“": '"',
    "”": '"',
    "’": "'",
    "—": "-",
}
WIDTH = 80  # where nobody tells
NARROWEST, WIDEST = 32, 100  # longer lines are hard to read


class Terminal:
    """Standard output for results, standard error for everything else."""

    def __init__(
        self,
        language: str,
        *,
        out: TextIO | None = None,
        err: TextIO | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        environment = os.environ if environment is None else environment
        self.language = language
        self.spoken: Catalogue = words(language)
        self.out = _tolerant(sys.stdout if out is None else out)
        self.err = _tolerant(sys.stderr if err is None else err)
        self.plain_colours = bool(environment.get("NO_COLOR")) or environment.get("TERM") == "dumb"
        self.colour = self.out.isatty() and not self.plain_colours
        self.width = _width(self.out, environment)
        self.lost = False  # a result could not be written
        self.interactive = self.err.isatty() and environment.get("TERM") != "dumb"

    @classmethod
    def of(cls, argv: list[str], environment: Mapping[str, str]) -> Terminal:
        """Return the terminal for a command line: ``--lang`` decides, else the locale."""
        told = None
        for position, word in enumerate(argv):
            if word.startswith("--lang="):
                told = word.removeprefix("--lang=")
            elif word == "--lang" and position + 1 < len(argv):
                told = argv[position + 1]
        language = choose_language(told, from_locale(environment))
        if told is None and not _can_write(language):
            language = "en"
        return cls(language, environment=environment)

    def text(self, key: str, /, **values: Any) -> str:
        """Return a sentence of ``cli.toml``."""
        return self.spoken.text(f"cli.{key}", **values)

    def print(self, *lines: str) -> None:
        """Write lines to standard output."""
        self.write(self.out, "".join(f"{line}\n" for line in lines))

    def warn(self, *lines: str) -> None:
        """Write lines to standard error."""
        self.write(self.err, "".join(f"{line}\n" for line in lines), now=True)

    def print_json(self, text: str) -> None:
        """Write JSON to standard output, in UTF-8 whatever the locale says."""
        if isinstance(self.out, io.TextIOWrapper):
            self.out.reconfigure(encoding="utf-8")
        self.print(text)

    def write(self, stream: TextIO, text: str, *, now: bool = False) -> None:
        """Write ``text``. A reader that has gone (``| head``) is no error, and keeps nobody from the exit status."""
        try:
            stream.write(text)
            if now:
                stream.flush()
        except (BrokenPipeError, ValueError):  # ValueError: closed
            _silence(stream)
        except OSError:  # a full disk: what was asked for did not arrive
            self.lost = self.lost or stream is self.out
            _silence(stream)

    def style(self, text: str, *names: str) -> str:
        """Return ``text`` in colour where standard output shows colours."""
        return paint(text, *names) if self.colour else text

    def finish(self) -> None:
        """Write out what is buffered."""
        for stream in (self.out, self.err):
            self.write(stream, "", now=True)


def paint(text: str, *names: str) -> str:
    """Return ``text`` between the control sequences of styles."""
    return f"\x1b[{';'.join(_STYLES[name] for name in names)}m{text}\x1b[0m" if text else text


def _plain(error: UnicodeError) -> tuple[str | bytes, int]:
    """Replace our own signs by ASCII ones, anything else by an escape."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(_PLAIN.get(letter) or ascii(letter)[1:-1] for letter in letters), error.end


codecs.register_error("judge.plain", _plain)


def _tolerant(stream: TextIO | None) -> TextIO:
    """Return a stream that never fails on a character that its encoding lacks."""
    if stream is None:  # closed by the caller (>&-)
        return io.StringIO()
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="judge.plain")
    return stream


def _can_write(language: str) -> bool:
    """True where standard output has the language's characters."""
    try:
        "中文".encode(getattr(sys.stdout, "encoding", None) or "utf-8") if language == "zh" else b""
    except (UnicodeError, LookupError):
        return False
    return True


def _silence(stream: TextIO) -> None:
    """Send what is still buffered nowhere, so that the interpreter does not complain about it when it ends."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
    except (OSError, ValueError):
        pass


def _width(stream: TextIO, environment: Mapping[str, str]) -> int:
    columns = 0
    told = environment.get("COLUMNS", "")
    if told.isascii() and told.isdigit():
        columns = int(told[:6])
    if not columns:
        try:
            columns = os.get_terminal_size(stream.fileno()).columns
        except (OSError, ValueError):
            columns = WIDTH
    return max(NARROWEST, min(columns or WIDTH, WIDEST))
