"""Frames between the judge and a child, and how a child reads and writes them.

    frame    16 bytes: length of the header, length of the body (two little-endian u64), then both
    header   JSON, ASCII only
    body     the raw bytes of arrays, each padded to a multiple of 16 so that every array in it is aligned

    judge -> child   {"load": source, "entry": name, "token": hex}           once
                     {"calls": [[network, arrays, args, kwargs, caps, again, late], ...], "serial": n}
    child -> judge   [serial, problem, raised]                               the answer to "load"
                     [serial, position, raised, value, network, arrays]      one frame a call, as it goes; ``network``
                                              is the one handed in, or true where it is untouched

``again`` is null or the position of an earlier call whose network object is to be used once more, with these arrays in
it. The answer to a call that is ``late``, and to all behind it, is sent when every call has been made.

``arrays`` is a list of ``[dtype, shape, layout]`` (requests; :mod:`judge.nn.layouts`) or ``[dtype, shape]``
(replies). ``caps`` are the three sizes that the reply must keep to: header bytes, body bytes, nodes. The child keeps
to them by putting "something too large" in the place of a value; the judge measures again and believes nothing.

Replies go as they are made, so that they are there even if the next call ends the child. But the judge does not listen
to them: waking it costs a child more than most calls take. It listens to the pipe for what is printed, into which the
child writes a mark (:data:`MARK`) before the last reply to a request, and before a frame that may not fit into the
socket. Besides, it looks now and then by itself.

The judge may send a request before it has the replies to the one before. A child answers them in order.

A value in a reply is a JSON scalar, standing for itself, or a list that begins with a tag:

    ["n", "nan"]                        a float that JSON has no word for (inf, -inf, nan)
    ["a", 3]                            the array at that place in ``arrays``
    ["t", [...]]   ["l", [...]]         tuple, list
    ["m", [[key, value], ...]]          mapping
    ["S", [layer, ...]]                 Sequential
    ["=", [true or value, ...]]         a Sequential that is as the one handed in but for its arrays, in their order:
                                        true for one that is the same, bit for bit
    ["L", kind, {attribute: value}]     layer
    ["o", type name, detail or null]    anything else
"""

from __future__ import annotations

import builtins
import os
import struct
from collections.abc import Sequence

# The child's half runs beside a submission, which may replace builtins: functions look them up in this copy.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment]

PREFIX = struct.Struct("<QQ")
#: What a child writes first of all: it is confined and listens.
READY = b"confined, ready\n"
#: The fork server's record of how a child ended: wait status, user + system CPU in seconds, peak resident bytes.
ENDED = struct.Struct("<idQ")
ALIGNMENT = 16
TOKEN_BYTES = 16
#: A mark in what is printed: token, :data:`END` or :data:`LOOK`, serial of the request, CPU nanoseconds of the child.
MARK = struct.Struct(f"<{TOKEN_BYTES}scIQ")
END, LOOK = b"E", b"L"

#: Exit status of a child whose harness could not go on.
HARNESS_BROKEN = 70
#: Kinds of dtypes that may travel: bool, signed, unsigned, floating, complex.
KINDS = "biufc"
#: Axes that an array may have.
MAX_AXES = 32
#: Characters of an exception's message and of a name that are kept.
MESSAGE_CHARACTERS = 2048
NAME_CHARACTERS = 120
#: Characters of a string that came back; keys of masks are shorter.
TEXT_CHARACTERS = 512
FRAMES = 12
#: Containers within containers.
DEPTH = 32
#: Bytes of one entry that a right answer may need: its bits in the network handed in, in the new one and in a mask,
#: each padded.
BYTES_PER_ENTRY = 3 * ALIGNMENT


def room_of_none(shape: Sequence[int], itemsize: int) -> int:
    """Return the bytes of a reply's body that an array without entries counts for, as though no length were 0.

    It sends none, and yet lists and outputs of its shape are as large as those of any other.
    """
    room = itemsize
    for length in shape:
        room *= length or 1
    return (room + ALIGNMENT - 1) & -ALIGNMENT


class Closed(Exception):
    """The other side has gone."""


class Malformed(Exception):
    """What came is no reply."""


_readv, _writev, _write, _pack_mark = os.readv, os.writev, os.write, MARK.pack


def mark(descriptor: int, token: bytes, kind: bytes, serial: int, nanoseconds: int) -> None:
    """Write a mark, which wakes the judge: the child's side. Without it the judge finds out when it looks by itself."""
    try:
        _write(descriptor, _pack_mark(token, kind, serial, nanoseconds))
    except OSError:
        return


def receive(descriptor: int) -> tuple[bytes, bytearray]:
    """Wait for a frame and return its header and body: the child's side, which trusts the judge.

    Raises :class:`Closed` at the end of the stream.
    """
    prefix = _exactly(descriptor, PREFIX.size)
    header_size, body_size = PREFIX.unpack(prefix)
    return bytes(_exactly(descriptor, header_size)), _exactly(descriptor, body_size)


def _exactly(descriptor: int, size: int) -> bytearray:
    buffer = bytearray(size)
    view = memoryview(buffer)
    done = 0
    while done < size:
        got = _readv(descriptor, [view[done : done + (1 << 20)]])
        if not got:
            raise Closed
        done += got
    return buffer


_PADDING = bytes(ALIGNMENT)


def send(descriptor: int, header: bytes, buffers: Sequence[bytes | memoryview]) -> None:
    """Write a frame: the child's side. Buffers are one-dimensional and of single bytes; they are padded here."""
    parts: list[bytes | memoryview] = [b"", header]
    size = 0
    for buffer in buffers:
        length = len(buffer)
        parts.append(buffer)
        rest = -length % ALIGNMENT
        if rest:
            parts.append(_PADDING[:rest])
        size += length + rest
    parts[0] = PREFIX.pack(len(header), size)
    if size < 1 << 16:
        parts = [b"".join(parts)]
    _write_all(descriptor, parts)


def _write_all(descriptor: int, parts: list[bytes | memoryview]) -> None:
    while parts:
        wrote = _writev(descriptor, parts[:64])
        while parts and wrote >= len(parts[0]):
            wrote -= len(parts[0])
            del parts[0]
        if parts and wrote:
            parts[0] = memoryview(parts[0])[wrote:]
