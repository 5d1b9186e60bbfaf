"""Which files a child may read: what the interpreter, its standard library, NumPy and ``judge.nn`` need.

The same list feeds two layers that do not rely on each other: Landlock (:mod:`.landlock`), and the view of the file
system (:mod:`.view`). Folders that hold packages of others (``site-packages``, where the judge itself and its reference
solutions may be installed) often lie *inside* the folders that are needed; Landlock can only add, so there the entries
around them are listed one by one.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from typing import NamedTuple

#: Names of folders that hold packages of others.
FOREIGN = frozenset({"site-packages", "dist-packages"})
_DEVICES = ("/dev/null", "/dev/urandom", "/dev/random")
_ZONES = ("/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo")
#: The locale of a child's environment, where the C library has it in a folder.
_LOCALES = ("/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8")


class Paths(NamedTuple):
    """Real paths.

    ``trees``: folders with all below. ``files``: single files. ``listed``: folders whose names alone may be read.
    ``masked``: folders inside ``roots`` that must not be seen. ``roots``: what a view of the file system mounts.
    ``aliases``: other names by which the interpreter calls some of these, with the real ones. ``null``: the device that
    may be written to.
    """

    trees: tuple[str, ...]
    files: tuple[str, ...]
    listed: tuple[str, ...]
    masked: tuple[str, ...]
    roots: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...]
    null: str = "/dev/null"


def needed(numpy_folder: str, judge_folder: str) -> Paths:
    """Return what a child needs; ``numpy_folder`` and ``judge_folder`` are where those packages were loaded from."""
    trees: list[str] = []
    files: list[str] = []
    listed: list[str] = []
    masked: list[str] = []
    roots: list[str] = []

    def tree(path: str) -> None:
        path = os.path.realpath(path)
        if os.path.isdir(path) and not any(_inside(path, other) for other in trees):
            trees.append(path)
            roots.append(path)

    def file(path: str) -> None:
        path = os.path.realpath(path)
        if os.path.exists(path) and not any(_inside(path, other) for other in trees):
            files.append(path)
            roots.append(path)

    for folder in dict.fromkeys(os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")):
        _python_folder(folder, trees, files, listed, masked)
        roots.append(folder)
    dynload = next((path for path in sys.path if path.endswith("lib-dynload")), None)
    if dynload:
        tree(dynload)
    tree(numpy_folder)
    tree(numpy_folder + ".libs")
    tree(os.path.join(judge_folder, "nn"))
    file(os.path.join(judge_folder, "__init__.py"))
    for folder in _library_folders():
        if _inside_any(folder, trees):
            continue
        foreign = list(_pythons(folder))
        if not foreign:
            tree(folder)
            continue
        # As on Arch, Alpine and in conda: libraries and Python's packages share one folder.
        listed.append(folder)
        for entry in os.scandir(folder):
            if ".so" in entry.name:
                files.append(os.path.realpath(entry.path))
        masked += [path for python in foreign for path in _foreign_in(python)]
        roots.append(folder)
    file("/etc/ld.so.cache")
    for path in (*_ZONES, *_LOCALES):
        tree(path)
    for path in _DEVICES:
        file(path)
    return Paths(
        tuple(dict.fromkeys(trees)),
        tuple(dict.fromkeys(files)),
        tuple(dict.fromkeys(listed)),
        tuple(dict.fromkeys(masked)),
        tuple(dict.fromkeys(roots)),
        tuple(_aliases()),
    )


def _aliases() -> Iterator[tuple[str, str]]:
    """Yield the names of the standard library that lead over symbolic links, as in many homes of Pythons."""
    for path in dict.fromkeys([sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), *sys.path]):
        real = os.path.realpath(path)
        if real != path and os.path.isabs(path):
            yield path, real


def _python_folder(folder: str, trees: list[str], files: list[str], listed: list[str], masked: list[str]) -> None:
    """Add the standard library in ``folder``, without the packages of others that lie in it."""
    with os.scandir(folder) as scan:
        entries = list(scan)
    foreign = [entry.path for entry in entries if entry.name in FOREIGN]
    if not foreign:
        trees.append(folder)
        return
    masked += foreign
    listed.append(folder)
    for entry in entries:
        if entry.name in FOREIGN:
            continue
        path = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
        (trees if entry.is_dir() else files).append(path)


def _library_folders() -> Iterator[str]:
    """Yield the folders that the dynamic loader looks in, as far as extension modules of Python need them."""
    multiarch = sysconfig.get_config_var("MULTIARCH")
    candidates = []
    if multiarch:
        candidates += [f"/usr/lib/{multiarch}", f"/lib/{multiarch}"]
    candidates += ["/usr/lib64", "/lib64"]
    if not multiarch or not os.path.isdir(f"/usr/lib/{multiarch}"):
        candidates += ["/usr/lib", "/lib"]
    candidates.append(os.path.join(sys.base_prefix, "lib"))
    seen = set()
    for candidate in candidates:
        folder = os.path.realpath(candidate)
        if folder not in seen and os.path.isdir(folder):
            seen.add(folder)
            yield folder


def _pythons(folder: str) -> Iterator[str]:
    """Yield the folders of Pythons directly in ``folder``."""
    with os.scandir(folder) as scan:
        for entry in scan:
            if entry.name.startswith(("python", "pypy")) and entry.is_dir():
                yield entry.path


def _foreign_in(python: str) -> Iterator[str]:
    with os.scandir(python) as scan:
        for entry in scan:
            if entry.name in FOREIGN:
                yield entry.path


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + os.sep)


def _inside_any(path: str, folders: list[str]) -> bool:
    return any(_inside(path, folder) for folder in folders)
