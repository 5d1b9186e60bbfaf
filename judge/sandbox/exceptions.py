"""What a submission raised, as plain data: runs in the child, beside the submission."""

from __future__ import annotations

import builtins
from types import TracebackType
from typing import Any

from judge.sandbox.load import FILE
from judge.sandbox.wire import FRAMES, MESSAGE_CHARACTERS, NAME_CHARACTERS

# As in describe.py: builtins as they are now, whatever a submission makes of them.
_BUILTINS = dict(vars(builtins))
__builtins__ = _BUILTINS  # type: ignore[assignment]

_mro = type.__dict__["__mro__"].__get__
_name = type.__dict__["__name__"].__get__
_BUILTIN_EXCEPTIONS = {
    value: name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}


def described(error: BaseException, traceback: TracebackType | None) -> list[Any]:
    """Return ``[name, names, builtin, message, frames, where]`` of what the submission raised."""
    mro = _mro(type(error))
    name = str.__str__(_name(mro[0]))[:NAME_CHARACTERS]
    # What is only called like a built-in exception is none.
    names = [str.__str__(_name(cls))[:NAME_CHARACTERS] for cls in mro[:32] if cls is not object and not _borrowed(cls)]
    builtin = next((_BUILTIN_EXCEPTIONS[cls] for cls in mro if cls in _BUILTIN_EXCEPTIONS), "BaseException")
    frames: list[list[Any]] = []
    own, where = False, None
    while traceback is not None:
        code = traceback.tb_frame.f_code
        own = code.co_filename == FILE
        if own:
            frames.append([traceback.tb_lineno or 0, code.co_name[:NAME_CHARACTERS]])
            if len(frames) > 2 * FRAMES:  # the outermost and the innermost tell the story of a recursion
                del frames[FRAMES // 2 : -FRAMES // 2]
        else:
            module = traceback.tb_frame.f_globals.get("__name__")
            where = module.partition(".")[0][:NAME_CHARACTERS] if type(module) is str else None
        traceback = traceback.tb_next
    if len(frames) > FRAMES:
        del frames[FRAMES // 2 : -FRAMES // 2]
    return [
        name,
        names,
        builtin,
        _message(error),
        frames,
        None if own or not frames else where,
    ]


def _borrowed(cls: type) -> bool:
    return _BUILTINS.get(_name(cls), cls) is not cls


def _message(error: BaseException) -> str:
    try:
        text = str(error)
        return str.__str__(text)[:MESSAGE_CHARACTERS] if isinstance(text, str) else ""
    except MemoryError:
        raise
    except BaseException:
        return ""
