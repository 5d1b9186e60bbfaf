"""What holds a submission, one layer a file. :class:`Confinement` says which layers are on; this file imports no layer.

kernel.py        the C library
namespaces.py    no other process, network or host name to be seen
view.py          no file system but what Python needs
paths.py         which files that is
landlock.py      the same by a rule set, wherever namespaces are refused
capabilities.py  none
rlimits.py       address space, descriptors, a CPU backstop
seccomp.py       the system-call filter;  syscalls.py: its table
apply.py         all of them in the right order
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Confinement(NamedTuple):
    """The protections, each of which can be switched off: only tests do, to show that an attack needs the one it is
    said to be held by.

    namespaces: new namespaces of every kind. view: a root folder with nothing else in it (needs namespaces). landlock,
    seccomp: the two filters. capabilities: given up. rlimits: CPU backstop, descriptors, file size, stack, core.
    memory: the limit on address space.
    """

    namespaces: bool = True
    view: bool = True
    landlock: bool = True
    seccomp: bool = True
    capabilities: bool = True
    rlimits: bool = True
    memory: bool = True

    @classmethod
    def none(cls) -> Confinement:
        """Return one with every protection off."""
        return cls(**dict.fromkeys(cls._fields, False))

    def to_plain(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them."""
        return self._asdict()
