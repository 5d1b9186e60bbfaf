"""The loop that runs beside a submission: read a request, call, describe, reply. It holds no secret.

It sees the inputs of a test or two and returns data; there is no verdict in this process to be forged. The submission
can reach all of it through frames and ``gc`` and can send whatever it likes in its place: that is worth no more than
returning it.
"""

from __future__ import annotations

import builtins
import gc
import json
import mmap
import os
import sys
import time
from types import ModuleType, TracebackType
from typing import Any

import numpy as np

from judge.nn.containers import Sequential
from judge.nn.layouts import LAYOUTS
from judge.nn.spec import unpack
from judge.sandbox import describe, exceptions, handed_in, load, wire

# As in describe.py: a submission that replaces a builtin does so for itself.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

_ndarray = np.ndarray
_exit, _cpu_time = os._exit, time.thread_time_ns
_decode = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
_traceback_of = BaseException.__dict__["__traceback__"].__get__  # a class may have put something else there
_TOO_LARGE = ["o", "object", {"reason": "too_large"}]
_NO_MEMORY = ["MemoryError", ["MemoryError", "Exception", "BaseException"], "MemoryError", "", [], None]
# Making one from its text takes longer than making an array.
_DTYPES = {dtype.str: dtype for dtype in map(np.dtype, (np.float16, np.float32, np.float64))}
_BALLAST = 1 << 22
_UNHEARD_BYTES = 1 << 16  # a socket holds some 200 KiB
_FRAME_BYTES = 1 << 10  # what the smallest frame takes up in one
_map, _PRIVATE = mmap.mmap, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS


def _refuse(value: Any) -> Any:
    raise TypeError(type(value).__name__)


if json.encoder.c_make_encoder is not None:  # type: ignore[attr-defined]
    # The C encoder itself: json.dumps looks classes up again at each call.
    _chunks = json.encoder.c_make_encoder(  # type: ignore[attr-defined]
        None, _refuse, json.encoder.encode_basestring_ascii, None, ":", ",", False, False, True
    )

    def _encode(value: Any) -> bytes:
        return "".join(_chunks(value, 0)).encode("ascii")

else:

    def _encode(value: Any) -> bytes:
        return json.dumps(value, separators=(",", ":")).encode("ascii")


class Harness:
    """One child's life: ``run`` never returns."""

    def __init__(self, descriptor: int, output: int) -> None:
        self._descriptor = descriptor
        self._output = output  # a descriptor of its own, whatever becomes of the standard streams
        self._unheard = 0  # bytes sent since the judge was woken
        self._token = bytes(wire.TOKEN_BYTES)
        self._serial = 0
        self._entry: Any = None
        self._streams = [sys.stdout, sys.stderr]
        # Address space to be given back when memory runs out, so that this can still be told. Never touched.
        self._ballast: mmap.mmap | None = _map(-1, _BALLAST, _PRIVATE)

    def run(self) -> None:
        """Answer requests until the judge closes its end. Never returns."""
        gc.enable()
        try:
            os.write(self._descriptor, wire.READY)
            self.answer()
        except wire.Closed:
            _exit(0)
        finally:  # a submission that broke the harness; nothing it could be told
            _exit(wire.HARNESS_BROKEN)

    def answer(self) -> None:
        """Answer requests; raises :class:`wire.Closed` when there will be no more."""
        while True:
            header, body = wire.receive(self._descriptor)
            request, _ = _decode(header.decode("ascii"), 0)
            self._serial = request["serial"]
            if "load" in request:
                self._load(request)
            else:
                self._calls(request, body)

    def _reply(self, header: list[Any], last: bool = True) -> None:
        self._send(_encode(header), [], last)

    def _send(self, header: bytes, buffers: list[Any], last: bool) -> None:
        """Send a reply, the ``last`` one to a request or one before."""
        self._flush()
        self._unheard += _FRAME_BYTES + len(header) + sum(map(len, buffers))
        if last or self._unheard > _UNHEARD_BYTES:  # so much may have to be read before all of it can be written
            wire.mark(self._output, self._token, wire.END if last else wire.LOOK, self._serial, _cpu_time())
            self._unheard = 0
        wire.send(self._descriptor, header, buffers)

    def _flush(self) -> None:
        """Send what was printed on its way, so that it belongs to the test whose reply follows."""
        streams = self._streams
        now = [getattr(sys, "stdout", None), getattr(sys, "stderr", None)]
        if now[0] is not streams[0] or now[1] is not streams[1]:
            streams = [*streams, *now]
        for stream in streams:
            try:
                stream.flush()
            except BaseException:
                continue

    def _load(self, request: dict[str, Any]) -> None:
        serial = request["serial"]
        self._token = bytes.fromhex(request["token"])
        try:
            module, code = load.prepare(request["load"])
        except MemoryError as error:
            # The parser's way of saying "nested too deeply"; a real lack of memory looks different from here on.
            return self._reply([serial, "syntax", exceptions.described(error, None)])
        except (SyntaxError, ValueError, RecursionError, OverflowError) as error:
            line = error.lineno if isinstance(error, SyntaxError) else None
            raised = exceptions.described(error, None)
            raised[4] = [[line, ""]] if type(line) is int else []
            if isinstance(error, SyntaxError) and type(error.msg) is str:
                raised[3] = error.msg[: wire.MESSAGE_CHARACTERS]
            return self._reply([serial, "syntax", raised])
        _, raised_now = self._guarded(lambda: exec(code, module.__dict__))
        if raised_now is not None:
            return self._reply([serial, "", raised_now])
        name = request["entry"]
        # The module may have put another object in its place (sys.modules[__name__] = ...), as for any import.
        namespace = sys.modules.get(load.MODULE, module)
        found = [False]

        def look_up() -> Any:
            entry = getattr(namespace, name)
            found[0] = True
            return entry

        entry, raised_now = self._guarded(look_up)
        if raised_now is not None:
            return self._reply([serial, "missing", None])
        if not callable(entry):
            return self._reply([serial, "not_callable", None])
        self._entry = entry
        return self._reply([serial, "", None])

    def _calls(self, request: dict[str, Any], body: bytearray) -> None:
        serial = request["serial"]
        place = 0
        wanted = {entry[5] for entry in request["calls"]}
        made: dict[int, Any] = {}  # the networks that are wanted again
        held: list[tuple[Any, ...]] | None = None  # answers that are sent at the end
        last = len(request["calls"]) - 1
        for position, (network, arrays, args, kwargs, caps, again, late) in enumerate(request["calls"]):
            sources = []
            copies = []
            for dtype, shape, layout in arrays:
                source = _ndarray(shape, _DTYPES.get(dtype, dtype), body, place)
                place += (source.nbytes + 15) & -16
                sources.append(handed_in.Source(source))
                copies.append(source.copy() if layout == "C" else LAYOUTS[layout](source))
            model = unpack(network, copies)
            if again is not None:
                model = _refilled(made[again], model)
            if position in wanted:
                made[position] = model
            result, raised = self._guarded(lambda: self._entry(model, *args, **kwargs))  # noqa: B023
            if late and held is None:
                held = []
            if held is None:
                self._answer(serial, position, raised, result, model, (network, sources), caps, position == last)
            else:
                held.append((position, raised, result, model, (network, sources), caps, position == last))
            del result
        for answer in held or ():
            self._answer(serial, *answer)

    def _answer(
        self,
        serial: int,
        position: int,
        raised: list[Any] | None,
        result: Any,
        model: Any,
        sent: Any,
        caps: list[int],
        last: bool,
    ) -> None:
        """Reply to one call: what it returned or raised, and ``model`` as it stands now, made of what was ``sent``."""
        header_bytes, body_bytes, nodes = caps
        try:
            # The network that was handed in comes first, so that a huge answer cannot crowd it out.
            reply = describe.Reply(body_bytes, nodes, *sent)
            network = value = None
            try:
                network = handed_in.untouched(model, *sent) or reply.value(model)
                if raised is None:
                    value = reply.value(result)
            except MemoryError:
                raise
            except BaseException as error:  # code of the submission's runs here too: its mappings, its properties
                raised = raised or exceptions.described(error, _traceback_of(error))
            encoded = _encode([serial, position, raised, value, network, reply.arrays])
            if len(encoded) > header_bytes:
                encoded = _encode([serial, position, raised, _TOO_LARGE, network, reply.arrays])
            if len(encoded) > header_bytes:
                encoded = _encode([serial, position, raised, _TOO_LARGE, _TOO_LARGE, reply.arrays])
            self._send(encoded, reply.buffers, last)
        except MemoryError:
            del result
            self._drop_ballast()
            self._reply([serial, position, _NO_MEMORY, None, _TOO_LARGE, []], last)
            self._take_ballast()

    def _guarded(self, action: Any) -> tuple[Any, list[Any] | None]:
        """Return ``(result, None)``, or ``(None, what was raised)``."""
        error: BaseException
        traceback: TracebackType | None
        try:
            return action(), None
        except MemoryError as caught:
            error, traceback = caught, _traceback_of(caught)
            self._drop_ballast()
        except BaseException as caught:
            error, traceback = caught, _traceback_of(caught)
        try:
            return None, exceptions.described(error, traceback)
        except BaseException:
            return None, ["Exception", ["Exception", "BaseException"], "Exception", "", [], None]
        finally:
            if self._ballast is None:
                error, traceback = None, None  # type: ignore[assignment]
                self._take_ballast()

    def _drop_ballast(self) -> None:
        if self._ballast is not None:
            self._ballast.close()
            self._ballast = None

    def _take_ballast(self) -> None:
        try:
            self._ballast = _map(-1, _BALLAST, _PRIVATE)
        except (OSError, MemoryError):
            self._ballast = None


def _refilled(model: Any, fresh: Any) -> Any:
    """Return ``model`` with the numbers of ``fresh`` in it: in place where that can be, else in the same layers."""
    layers = model.__dict__.get("layers")
    if type(layers) is not list or len(layers) != len(fresh.layers):
        model.layers = fresh.layers
        return model
    for place, (layer, new) in enumerate(zip(layers, fresh.layers)):  # noqa: B905
        if type(layer) is not type(new):
            layers[place] = new
            continue
        for name, value in new.__dict__.items():
            old = layer.__dict__.get(name)
            if type(value) is Sequential and type(old) is Sequential:
                _refilled(old, value)
            elif type(value) is _ndarray and type(old) is _ndarray and _like(old, value) and old.flags.writeable:
                old[...] = value
            else:
                layer.__dict__[name] = value
    return model


def _like(one: Any, other: Any) -> bool:
    return bool(one.dtype == other.dtype and one.shape == other.shape)


def hide() -> None:
    """Leave nothing about the host lying about, and nothing of the judge's to be imported but ``judge.nn``.

    Done once in the fork server, when it needs nothing more by its name.
    """
    sys.argv[:] = [load.FILE]
    sys.orig_argv[:] = ["python", load.FILE]
    sys.dont_write_bytecode = True
    for name in list(sys.modules):
        if name.startswith("judge.") and not name.startswith("judge.nn"):
            _kept.append(sys.modules.pop(name))
    _kept.append(sys.modules["__main__"])
    sys.modules["__main__"] = ModuleType("__main__")
    judge = sys.modules["judge"]
    judge.__path__ = []
    for name in list(vars(judge)):
        if isinstance(vars(judge)[name], ModuleType) and name != "nn":
            delattr(judge, name)


_kept: list[ModuleType] = []  # a module that nobody holds is emptied, and these are still running


def reseed() -> None:
    """Give the next child random numbers of its own. The fork server does this before each fork.

    From integers: left to themselves both would go to greater lengths, which cost more than the rest of a child.
    """
    for name in ("numpy.random", "random"):
        module = sys.modules.get(name)
        if module is not None:  # a child that loads it itself gets fresh numbers anyway
            module.seed(int.from_bytes(os.urandom(4), "little"))
