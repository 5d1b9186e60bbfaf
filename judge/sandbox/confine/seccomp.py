"""The system-call filter: a small assembler for classic BPF, and the program made of :mod:`.syscalls`.

A filter sees ``struct seccomp_data { int nr; u32 arch; u64 instruction_pointer; u64 args[6]; }`` and answers allow, an
errno, or kill. The numbers are sorted into ranges of one answer each, and a binary tree of comparisons finds the
range: fewer steps than a list, and the kernel runs the filter once for every number when it is installed (it keeps a
bitmap of those that are always allowed), so the tree also makes installing quick.

    load arch; is it ours? no -> kill           (a 32-bit or foreign call would mean other numbers)
    load nr; x32 bit set? -> kill               (x86_64 only: the same calls under another name)
    nr >= pivot? -> right half, else left half  ... until one range is left
      range: return allow | return errno | the checks of one rule

Compiled once in the fork server. Each child writes its own process id into its copy and installs it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterator

from judge.sandbox.confine.kernel import prctl
from judge.sandbox.confine.syscalls import MACHINES, NEWER, NUMBERS, REFUSED, RULES, SELF, Check, Rule

_LOAD, _AND = 0x20, 0x54  # A = word at k; A &= k
_JUMP, _JEQ, _JGE, _RETURN = 0x05, 0x15, 0x35, 0x06
_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
_NR, _ARCH = 0, 4
_X32_BIT = 0x40000000
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, k


class Program:
    """Instructions of a filter, and the places in it where the process id belongs."""

    def __init__(self, code: list[Instruction] | None = None, own: list[int] | None = None) -> None:
        self.code = code or []
        self.own = own or []

    def extend(self, part: Program) -> None:
        self.own += [place + len(self.code) for place in part.own]
        self.code += part.code

    def packed(self) -> bytes:
        """Return the bytes of the ``struct sock_filter`` array."""
        return b"".join(struct.pack("=HBBI", *instruction) for instruction in self.code)


def compile_filter(machine: str) -> Program:
    """Return the filter for ``machine`` ("x86_64", "aarch64"). Raises ``KeyError`` for another."""
    column, arch = MACHINES[machine]
    answers: dict[int, int | Rule] = {}
    for name, numbers in NUMBERS.items():
        number = numbers[column]
        if number is not None:
            refusal = REFUSED.get(name)
            answers[number] = _ERRNO | refusal if refusal else RULES.get(name, _ALLOW)
    program = Program()
    program.code += [(_LOAD, 0, 0, _ARCH), (_JEQ, 1, 0, arch), (_RETURN, 0, 0, _KILL_PROCESS), (_LOAD, 0, 0, _NR)]
    if machine == "x86_64":
        program.code += [(_JGE, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL_PROCESS)]
    program.extend(_tree(list(_ranges(answers))))
    return program


def _ranges(answers: dict[int, int | Rule]) -> Iterator[tuple[int, int | Rule]]:
    """Yield ``(first number, answer)`` of each range of equal answers, in order."""
    before: int | Rule | None = None
    for number in range(NEWER + 1):
        answer = answers.get(number, _ERRNO | (errno.EPERM if number < NEWER else errno.ENOSYS))
        if answer != before:
            yield number, answer
        before = answer


def _tree(ranges: list[tuple[int, int | Rule]]) -> Program:
    """Return the comparisons that find the range of the number in A."""
    program = Program()
    if len(ranges) == 1:
        answer = ranges[0][1]
        if isinstance(answer, Rule):
            return _rule(answer)
        program.code.append((_RETURN, 0, 0, answer))
        return program
    middle = len(ranges) // 2
    left, right = _tree(ranges[:middle]), _tree(ranges[middle:])
    over = len(left.code)
    if over <= 255:
        program.code.append((_JGE, over, 0, ranges[middle][0]))
    else:  # a conditional jump reaches 255 instructions, an unconditional one any number
        program.code += [(_JGE, 0, 1, ranges[middle][0]), (_JUMP, 0, 0, over)]
    program.extend(left)
    program.extend(right)
    return program


def _rule(rule: Rule) -> Program:
    """Return the checks of one call: each falls through when it holds and jumps to the last instruction otherwise."""
    program = Program()
    failing: list[int] = []
    for check in rule.checks:
        part = _check(check)
        for place in part.own:
            program.own.append(place + len(program.code))
        failing += [len(program.code) + place for place, (_, *jumps, _) in enumerate(part.code) if _FAIL in jumps]
        program.code += part.code
    program.code.append((_RETURN, 0, 0, _ALLOW))
    end = len(program.code)
    program.code.append((_RETURN, 0, 0, _ERRNO | rule.error))
    for place in failing:
        code, true, false, k = program.code[place]
        away = end - place - 1
        program.code[place] = (code, away if true == _FAIL else true, away if false == _FAIL else false, k)
    return program


_FAIL = -1  # a jump to the refusal, resolved when its distance is known


def _check(check: Check) -> Program:
    low = 16 + 8 * check.arg  # both machines are little-endian
    program = Program([(_LOAD, 0, 0, low)])
    if check.zero:
        program.code += [(_JEQ, 0, _FAIL, 0), (_LOAD, 0, 0, low + 4), (_JEQ, 0, _FAIL, 0)]
        return program
    if check.mask != 0xFFFFFFFF:
        program.code.append((_AND, 0, 0, check.mask))
    if check.below:
        program.code.append((_JGE, _FAIL, 0, check.below))
    program.code += [(_JEQ, _FAIL, 0, value) for value in check.never]
    for place, value in enumerate(check.values):
        if value == SELF:
            program.own.append(len(program.code))
        last = place == len(check.values) - 1
        program.code.append((_JEQ, len(check.values) - 1 - place, _FAIL if last else 0, max(value, 0)))
    return program


class _Fprog(ctypes.Structure):
    _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class Filter:
    """The compiled filter in memory, ready for :meth:`install`."""

    def __init__(self) -> None:
        program = compile_filter(platform.machine())
        packed = program.packed()
        self._places = [8 * place + 4 for place in program.own]
        self._buffer = ctypes.create_string_buffer(packed, len(packed))
        self._fprog = _Fprog(len(program.code), ctypes.addressof(self._buffer))

    def install(self) -> None:
        """Put the calling process behind the filter, for good. Raises ``OSError`` where the kernel refuses."""
        pid = os.getpid()
        for place in self._places:
            struct.pack_into("=I", self._buffer, place, pid)
        prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(self._fprog))


def available() -> bool:
    """Return whether this machine has a table and its kernel knows filters."""
    if platform.machine() not in MACHINES:
        return False
    # A null program: EFAULT from a kernel that would have read it, EINVAL from one without filters.
    try:
        prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, 0)
    except OSError as error:
        return error.errno == errno.EFAULT
    return False
