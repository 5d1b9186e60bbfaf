"""Elements of a picture. Every value is escaped; colours and fonts come from the style sheet, by class."""

from __future__ import annotations

from markupsafe import Markup, escape

Value = str | float


def element(name: str, *children: str | Markup, **attributes: Value | None) -> Markup:
    """Return an element. ``_`` in an attribute's name stands for a hyphen, one at its end for nothing (``class_``)."""
    told = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _short(value))
        for key, value in attributes.items()
        if value is not None
    )
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), told, Markup("").join(escape(child) for child in children))


def picture(width: float, height: float, label: str, *children: Markup, shrinks: bool = False) -> Markup:
    """Return a picture of that size in pixels; ``label`` is what it shows, for those who cannot see it.

    One that ``shrinks`` is made smaller where there is less room; others are scrolled.
    """
    box = f"0 0 {_short(width)} {_short(height)}"
    name = "picture shrinks" if shrinks else "picture"
    return element("svg", *children, class_=name, role="img", aria_label=label, viewBox=box, width=width, height=height)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def text(x: float, y: float, words: str, class_: str = "", anchor: str = "middle") -> Markup:
    return element("text", words, x=x, y=y, class_=class_ or None, text_anchor=anchor)


def _short(value: Value) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
