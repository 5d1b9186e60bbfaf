"""From the bytes that were handed in to a source that can be judged."""

from __future__ import annotations

from judge.message import Message


def source_of(content: bytes, limit: int) -> str | Message:
    """Return the source, without a BOM, or why there is none: too large, or not UTF-8."""
    if len(content) > limit:
        return Message("submission.too_large", {"limit": limit})
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Message("submission.not_utf8", {"line": line, "byte": f"0x{content[error.start]:02x}"})


def same_text(first: str, second: str) -> bool:
    """True where two texts are equal but for line ends, and for what blank lines stand at the end."""
    return first.replace("\r\n", "\n").replace("\r", "\n").rstrip() == second.replace("\r\n", "\n").rstrip()
