"""All layers in their order: first once for the fork server, then for each child.

    fork server   namespaces, view, capabilities, no-new-privileges, Landlock, the fixed rlimits. Its children are born
                  behind these, so a new child pays for none of them.
    child         dies with the fork server; a Landlock domain of its own; the system-call filter.
    from outside  rlimits that are a child's own (the fork server must not run out of CPU time or descriptors), when it
                  is forked; the limit on address space, when it is handed over and known what it may use.

A child reads its first request when all three have happened, and says so before.
"""

from __future__ import annotations

import os
import sys

from judge.sandbox.confine import Confinement

LINUX = sys.platform.startswith("linux")

if LINUX:
    # All of them now: once the view is in place, these files are out of sight.
    from judge.sandbox.confine import capabilities, kernel, landlock, namespaces, paths, rlimits, seccomp, view

    Broken: type[Exception] = namespaces.Broken
    fork = kernel.fork
else:

    class Broken(Exception):  # type: ignore[no-redef]
        """Namespaces that cannot be used; there are none here."""

    fork = os.fork

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _SIGKILL = 1, 4, 9


class Layers:
    """The protections of this process and of the children it forks. ``isolation`` is the contract's word for them.

    ``descriptors`` are what a child must keep open until :meth:`confine_child`.
    """

    def __init__(self, wanted: Confinement) -> None:
        self.wanted = wanted
        self.isolation = "none"
        self.descriptors: tuple[int, ...] = ()
        self._filter: seccomp.Filter | None = None
        self._domain: int | None = None
        self._mapped = 0
        self._statm = -1

    def confine_server(self, numpy_folder: str, judge_folder: str) -> None:
        """Put this process behind everything that its children can be born behind, when all that it needs is loaded.

        Raises :class:`Broken` when namespaces were entered that cannot be used: start anew without.
        """
        if not LINUX:
            return
        wanted = self.wanted
        self._statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)  # out of sight later
        self.measure()
        needed = paths.needed(numpy_folder, judge_folder)
        separate = wanted.namespaces and self._separate(needed)
        if wanted.capabilities:
            capabilities.drop_all()
        if wanted.capabilities or wanted.landlock or wanted.seccomp:
            kernel.no_new_privileges()
        has_landlock = wanted.landlock and landlock.abi() > 0
        if has_landlock:
            try:
                landlock.restrict_files(needed)
                self._domain = landlock.own_domain()
            except OSError:
                has_landlock = False  # known, and yet refused: this host has none to give
        if self._domain is not None:
            self.descriptors = (self._domain,)
        has_filter = wanted.seccomp and seccomp.available()
        if has_filter:
            self._filter = seccomp.Filter()
        if wanted.rlimits:
            rlimits.limit_server()
        if wanted.capabilities:
            kernel.prctl(_PR_SET_DUMPABLE, 0)
        if has_landlock and has_filter:
            self.isolation = "full" if separate else "reduced"

    def measure(self) -> None:
        """Take the address space of this process as that of a fresh child; again when more has been loaded."""
        if self._statm >= 0:
            self._mapped = rlimits.mapped_bytes(self._statm)

    def _separate(self, needed: paths.Paths) -> bool:
        """Enter namespaces and build the view; ``False`` where the host has none to give."""
        try:
            namespaces.enter()
        except namespaces.Refused:
            return False
        if self.wanted.view:
            try:
                view.build(needed)
            except OSError as error:
                raise Broken(str(error)) from error
        if not os.access(os.__file__, os.R_OK):
            raise Broken("the standard library cannot be read any more")
        return True

    def confine_child(self) -> None:
        """Put the calling process, a fresh child, behind the rest. After an ``OSError`` it must not go on."""
        if not LINUX:
            return
        kernel.prctl(_PR_SET_PDEATHSIG, _SIGKILL)
        if self._domain is not None:
            landlock.enter_domain(self._domain)
            os.close(self._domain)
        if self._filter is not None:
            self._filter.install()

    def limit_child(self, pid: int) -> None:
        """Set the limits that are a child's own, from outside."""
        if LINUX and self.wanted.rlimits:
            rlimits.limit_child(pid)

    def limit_memory(self, pid: int, allowed: int) -> None:
        """Let the child ``pid`` map ``allowed`` bytes more than a fresh one has mapped."""
        if LINUX and self.wanted.memory:
            rlimits.limit_memory(pid, self._mapped, allowed)
