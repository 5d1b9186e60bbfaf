"""Landlock: the kernel refuses every file but those on a list, network and signals, to whoever asked for it.

A rule set is made once in the fork server and put on it, so that children are born behind it. Each child then puts
itself behind a second, empty one: that is a domain of its own, and the scopes (Linux 6.12) keep signals and abstract
sockets inside a domain.

Landlock covers opening, making, renaming and removing. It does not cover asking for a file's attributes, nor
``chdir``: the view of the file system (:mod:`.view`) takes that away where namespaces are to be had.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable

from judge.sandbox.confine.kernel import prctl, syscall
from judge.sandbox.confine.paths import Paths

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every machine
_VERSION_FLAG = 1
_PATH_BENEATH = 1

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_TRUNCATE = 1 << 14
# Handled rights by ABI version; a right that the kernel does not know makes the whole call fail.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_NETWORK_RIGHTS = 0b11  # bind and connect, TCP; ABI 4
_SCOPES = 0b11  # abstract sockets, signals; ABI 6
_QUIET = 1  # do not log refusals: a child could fill the audit log; ABI 7


def abi() -> int:
    """Return the version of Landlock that the kernel speaks, 0 where there is none."""
    try:
        return syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def restrict_files(paths: Paths) -> None:
    """Put the calling process behind a rule set that lets it read ``paths`` and write to the null device, no more.

    Raises ``OSError`` where the kernel refuses.
    """
    version = abi()
    handled = _FILE_RIGHTS[min(max(version, 1), 5)]
    ruleset = _create(handled, version)
    try:
        _allow(ruleset, paths.trees, _READ_FILE | _READ_DIR)
        _allow(ruleset, paths.files, _READ_FILE)
        _allow(ruleset, paths.listed, _READ_DIR)
        _allow(ruleset, [paths.null], (_READ_FILE | _WRITE_FILE | _TRUNCATE) & handled)
        _restrict(ruleset, version)
    finally:
        os.close(ruleset)


def own_domain() -> int | None:
    """Return the descriptor of an empty rule set for :func:`enter_domain`; ``None`` where scopes are not to be had."""
    version = abi()
    return _create(0, version) if version >= 6 else None


def enter_domain(ruleset: int) -> None:
    """Make the calling process a domain of its own."""
    _restrict(ruleset, 7 if _quiet_known else 6)


_quiet_known = False


def _create(handled: int, version: int) -> int:
    attributes = struct.pack("=Q", handled)
    if version >= 4:
        attributes += struct.pack("=Q", _NETWORK_RIGHTS)
    if version >= 6:
        attributes += struct.pack("=Q", _SCOPES)
    return syscall(_CREATE_RULESET, attributes, len(attributes), 0)


def _allow(ruleset: int, paths: Iterable[str], rights: int) -> None:
    for path in paths:
        try:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue  # gone, or not ours to see: then a child cannot read it either
        try:
            allowed = rights if stat.S_ISDIR(os.fstat(descriptor).st_mode) else rights & ~_READ_DIR
            if allowed:
                syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", allowed, descriptor), 0)
        finally:
            os.close(descriptor)


def _restrict(ruleset: int, version: int) -> None:
    global _quiet_known
    prctl(38, 1)  # no_new_privs, without which the kernel refuses
    if version >= 7:
        try:
            syscall(_RESTRICT_SELF, ruleset, _QUIET)
            _quiet_known = True
            return
        except OSError:
            pass
    syscall(_RESTRICT_SELF, ruleset, 0)
