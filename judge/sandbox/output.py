"""Text that came from a submission, made fit for a terminal, a page, and strict UTF-8."""

from __future__ import annotations

import re

#: Bytes of what a test printed that are kept.
KEPT_BYTES = 4096

# Control characters but newline and tab (C0, DEL, C1), line and paragraph separators, bidirectional overrides and
# isolates and other invisible format characters, byte order marks, lone surrogates, noncharacters.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e0fff]"
)


def printable(text: str) -> str:
    """Return ``text`` with every character that could act on a terminal or hide something escaped as in Python."""
    return _UNFIT.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def decode(printed: bytes) -> str:
    """Return the first 4 KiB of ``printed`` as text: what is no UTF-8 becomes ``\\xNN``, and see :func:`printable`."""
    kept = printed[:KEPT_BYTES]
    if len(printed) > KEPT_BYTES:
        kept = kept[: len(kept) - _torn(kept)]
    return printable(kept.decode("utf-8", "backslashreplace"))


def _torn(kept: bytes) -> int:
    """Return how many bytes at the end begin a character that the cut went through."""
    for cut in range(1, min(4, len(kept) + 1)):
        lead = kept[-cut]
        if lead & 0xC0 != 0x80:  # no continuation: a character begins here
            needed = 2 if lead & 0xE0 == 0xC0 else 3 if lead & 0xF0 == 0xE0 else 4 if lead & 0xF8 == 0xF0 else 1
            return cut if needed > cut else 0
    return 0
