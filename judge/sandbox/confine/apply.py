"""All layers in their order: first once for the fork server, then for each child.

    fork server   namespaces, view, capabilities, no-new-privileges, Landlock. Its children are born behind these, so
                  a new child pays for none of them.
    child         rlimits, a Landlock domain of its own, the system-call filter.
    at hand-out   the limit on address space, set from outside when it is known what the child may use.
"""

from __future__ import annotations

import os
import sys

from judge.sandbox.confine import Confinement


class Layers:
    """The protections of this process and of the children it forks. ``isolation`` is the contract's word for them."""

    def __init__(self, confinement: Confinement) -> None:
        self.wanted = confinement
        self.isolation = "none"
        self._filter: object = None
        self._domain: int | None = None

    def confine_server(self, numpy_folder: str, judge_folder: str) -> None:
        """Put this process behind everything that its children can be born behind.

        Raises ``confine.namespaces.Broken`` when namespaces were entered that cannot be used; start anew without.
        """
        if not sys.platform.startswith("linux"):
            return
        from judge.sandbox.confine import capabilities, kernel, landlock, namespaces, paths, seccomp, view

        wanted = self.wanted
        needed = paths.needed(numpy_folder, judge_folder)
        separate = False
        if wanted.namespaces:
            try:
                namespaces.enter()
            except namespaces.Refused:
                pass
            else:
                separate = True
                if wanted.view:
                    try:
                        view.build(needed)
                    except OSError as error:
                        raise namespaces.Broken(str(error)) from error
                if not os.access(os.__file__, os.R_OK):
                    raise namespaces.Broken("the standard library cannot be read any more")
        if wanted.capabilities:
            capabilities.drop_all()
        if wanted.capabilities or wanted.landlock or wanted.seccomp:
            kernel.no_new_privileges()
        has_landlock = landlock.abi() > 0
        if wanted.landlock and has_landlock:
            try:
                landlock.restrict_files(needed)
                self._domain = landlock.own_domain()
            except OSError:
                has_landlock = False  # known, and yet refused: then this host has none to give
        has_seccomp = seccomp.available()
        if wanted.seccomp and has_seccomp:
            self._filter = seccomp.Filter()
        if has_landlock and has_seccomp and wanted.landlock and wanted.seccomp:
            self.isolation = "full" if separate else "reduced"

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What a child must keep open until :meth:`confine_child`."""
        return () if self._domain is None else (self._domain,)

    def confine_child(self) -> None:
        """Put the calling process, a fresh child, behind the rest. Raises ``OSError``; the child must not go on then."""
        if not sys.platform.startswith("linux"):
            return
        from judge.sandbox.confine import kernel, landlock, rlimits, seccomp

        kernel.prctl(_PR_SET_PDEATHSIG, _SIGKILL)
        if self.wanted.capabilities:
            kernel.prctl(_PR_SET_DUMPABLE, 0)
        if self.wanted.rlimits:
            rlimits.limit_self()
        if self._domain is not None:
            landlock.enter_domain(self._domain)
            os.close(self._domain)
        if self._filter is not None:
            assert isinstance(self._filter, seccomp.Filter)
            self._filter.install()


_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _SIGKILL = 1, 4, 9
