"""What a submission gave back, decoded in the judge: data only, trusted in nothing.

The sandbox turns whatever the candidate's function returned into these types. Their values may still be of
any wrong type, shape or size (that is the checkers' business), but each is a plain Python scalar, a plain
``numpy.ndarray`` that owns what it says, or one of the classes below.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Opaque(Struct, frozen=True):
    """A value that is none of the types that may come back; only its type's name is kept.

    ``detail`` says why where the type alone does not (an array of dtype ``object``, or one of 10 GB): for arrays
    it carries ``dtype`` and ``shape``.
    """

    type_name: str
    detail: Mapping[str, Any] | None = None


class LayerAnswer(Struct, frozen=True):
    """A layer as it came back: the nearest ``judge.nn`` class in its type's MRO, and that class's attributes.

    ``kind`` is the ``judge.nn`` class name. ``attributes`` has exactly the attributes of section 1 of the
    contract for that kind; an attribute that is missing is absent, one of a wrong type is :class:`Opaque`.
    ``Residual`` has ``body`` and ``shortcut`` as :class:`ModelAnswer` (or ``None``).
    """

    kind: str
    attributes: Mapping[str, Any]


class ModelAnswer(Struct, frozen=True):
    """A ``Sequential`` as it came back; what is no layer of ``judge.nn`` stands as :class:`Opaque`."""

    layers: tuple[LayerAnswer | Opaque, ...]


class MappingAnswer(Struct, frozen=True):
    """Any mapping: its items in order. Keys that are no ``str`` stand as :class:`Opaque`."""

    items: tuple[tuple[str | Opaque, Any], ...]


class Frame(Struct, frozen=True):
    """One line of the candidate's traceback: only lines of the submission itself are kept."""

    line: int
    function: str
    text: str


class Raised(Struct, frozen=True):
    """An exception that left the candidate's function (or its import).

    ``names`` are the class names along the MRO ("KeyError", "LookupError", "Exception", ...) so that a subclass
    is recognised. ``builtin`` is the nearest built-in exception class. ``where`` names a library module in
    which it was raised ("numpy"), ``None`` when it was raised in the submission itself.
    """

    name: str
    names: tuple[str, ...]
    builtin: str
    message: str
    frames: tuple[Frame, ...] = ()
    where: str | None = None


class Answer(Struct, frozen=True):
    """The outcome of one call.

    Exactly one of ``value`` (meaningful when ``raised is None``) and ``raised`` counts. ``model_after`` is the
    input model as it stood after the call, also after one that raised; ``None`` where it came back byte for byte.
    """

    value: Any
    raised: Raised | None
    model_after: ModelAnswer | Opaque | None
