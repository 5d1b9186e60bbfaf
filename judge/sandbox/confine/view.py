"""A view of the file system that holds what a child needs and nothing else.

A fresh tmpfs gets the skeleton of folders, the needed trees are bound into it at their own places, read-only, folders
with packages of others are covered with an empty one, and the whole becomes the root. So a path outside of
the list does not exist: it cannot be opened (Landlock refuses that as well), nor asked for its attributes.

Some names that programs like to try are there all the same, with nothing in them, and folders are not to be written to
by their mode rather than by a read-only mount: so that the answer to ``open("/etc/passwd")`` or ``open("/tmp/x", "w")``
is ``PermissionError`` with and without a view, and a program that expects that ends alike on every host.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat

from judge.sandbox.confine.kernel import libc
from judge.sandbox.confine.paths import Paths

_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
_DETACH = 2
_NODIRATIME, _NOATIME, _RELATIME = 2048, 1024, 1 << 21
# What a mount of the host carries and a new user namespace may not take away, by the bits of statvfs.
_LOCKED = {2: _NOSUID, 4: _NODEV, 8: _NOEXEC, 1024: _NOATIME, 2048: _NODIRATIME, 4096: _RELATIME}


def build(paths: Paths) -> None:
    """Make the view of ``paths`` the root of the calling process, whose mount namespace must be its own.

    Raises ``OSError``; the process is then of no further use.
    """
    _mount(None, "/", None, _REC | _PRIVATE)
    base = next(folder for folder in ("/tmp", "/mnt", "/dev", "/usr") if os.path.isdir(folder))
    # The place it is mounted on hides what is below, so every source is named by a descriptor taken before.
    sources = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in (*paths.roots, *paths.masked)}
    # That somebody looked at a link of ours is not to be seen by the next.
    _mount("tmpfs", base, "tmpfs", _NOSUID | _NOATIME, "size=1m,mode=755")
    try:
        for path in sorted(paths.roots, key=_depth):
            target = base + path
            if not os.path.lexists(target):
                _make(target, _is_folder(sources[path]))
            _mount(f"/proc/self/fd/{sources[path]}", target, None, _BIND)
            device = path.startswith("/dev/")
            flags = _RDONLY | _NOSUID | _kept(target) | (0 if device else _NODEV)
            _mount(None, target, None, _REMOUNT | _BIND | flags)
            for masked in paths.masked:
                if masked.startswith(path + os.sep):
                    _cover(
                        base + masked, [root for root in paths.roots if root.startswith(masked + os.sep)], base, sources
                    )
        _links(base, paths.aliases)
        _names(base)
        _close(base)
    finally:
        for descriptor in sources.values():
            os.close(descriptor)
    os.chdir(base)
    if libc.syscall(ctypes.c_long(_PIVOT_ROOT[os.uname().machine]), b".", b".") != 0:
        raise _error("pivot_root")
    # Old root and new one now lie on the same place, the old one on top.
    if libc.umount2(b".", _DETACH) != 0:
        raise _error("umount2")
    os.chdir("/")


_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}


def _cover(target: str, inside: list[str], base: str, sources: dict[str, int]) -> None:
    """Put an empty folder over ``target``, with places for what will be mounted ``inside``."""
    if not os.path.isdir(target):
        return
    _mount("tmpfs", target, "tmpfs", _NOSUID | _NODEV | _NOEXEC, "size=64k,mode=755")
    for root in inside:
        _make(base + root, _is_folder(sources[root]))
    _mount(None, target, None, _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV | _NOEXEC | _kept(target))


def _is_folder(descriptor: int) -> bool:
    return stat.S_ISDIR(os.fstat(descriptor).st_mode)


def _links(base: str, aliases: tuple[tuple[str, str], ...]) -> None:
    """Repeat the links of the root folder ("/lib" is one nearly everywhere), which the loader's cache names, and
    make those by which the interpreter calls its library."""
    for name in ("lib", "lib32", "lib64"):
        if os.path.islink(f"/{name}") and not os.path.lexists(f"{base}/{name}"):
            os.symlink(os.readlink(f"/{name}"), f"{base}/{name}")
    for path, real in aliases:
        with contextlib.suppress(OSError):  # it is below something that is mounted, and there by that
            if not os.path.lexists(base + path):
                os.makedirs(os.path.dirname(base + path), exist_ok=True)
                os.symlink(real, base + path)


_FOLDERS = [
    "bin",
    "boot",
    "dev/pts",
    "dev/shm",
    "etc",
    "home",
    "media",
    "mnt",
    "opt",
    "proc",
    "root",
    "run",
    "sbin",
    "srv",
    "sys",
    "tmp",
    "usr/bin",
    "usr/lib",
    "usr/local/bin",
    "usr/sbin",
    "usr/share",
    "usr/src",
    "var/cache",
    "var/lib",
    "var/log",
    "var/run",
    "var/tmp",
]
_FILES = [
    "etc/group",
    "etc/hostname",
    "etc/hosts",
    "etc/localtime",
    "etc/machine-id",
    "etc/os-release",
    "etc/passwd",
    "etc/resolv.conf",
    "etc/shadow",
    "etc/sudoers",
    "proc/cpuinfo",
    "proc/loadavg",
    "proc/meminfo",
    "proc/mounts",
    "proc/stat",
    "proc/uptime",
    "proc/version",
    "dev/full",
    "dev/tty",
    "dev/ptmx",
    "dev/zero",
    "dev/mem",
    "dev/kmsg",
    "bin/sh",
    "bin/ls",
    "usr/bin/env",
    "usr/bin/python3",
]
_OF_A_PROCESS = [
    "cmdline",
    "cwd",
    "environ",
    "exe",
    "fd",
    "limits",
    "maps",
    "mem",
    "mountinfo",
    "mounts",
    "smaps",
    "stat",
    "statm",
    "status",
]


def _names(base: str) -> None:
    """Put the names there that programs like to try: empty folders, and files with nothing in them."""
    for name in _FOLDERS:
        os.makedirs(f"{base}/{name}", exist_ok=True)
    for process in ("self", "1"):
        os.makedirs(f"{base}/proc/{process}")
    names = [*_FILES, *(f"proc/{process}/{name}" for process in ("self", "1") for name in _OF_A_PROCESS)]
    for name in names:
        with contextlib.suppress(OSError):  # it is one that is needed, or below a tree that is
            os.mknod(f"{base}/{name}", stat.S_IFREG | 0o444)


def _close(base: str) -> None:
    """Take away the right to write from every folder of the skeleton, its owner's too."""
    device = os.stat(base).st_dev
    folders = [base]
    for folder in folders:
        with os.scandir(folder) as scan:
            for entry in scan:
                if entry.is_dir(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_dev == device:
                    folders.append(entry.path)
        os.chmod(folder, 0o555)


def _make(path: str, folder: bool) -> None:
    if folder:
        os.makedirs(path, exist_ok=True)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))


def _depth(path: str) -> int:
    return path.count(os.sep)


def _kept(path: str) -> int:
    flags = os.statvfs(path).f_flag
    return sum(mount for bit, mount in _LOCKED.items() if flags & bit)


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    def text(value: str | None) -> bytes | None:
        return None if value is None else os.fsencode(value)

    if libc.mount(text(source), text(target), text(kind), ctypes.c_ulong(flags), text(data)) != 0:
        raise _error(target)


def _error(what: str) -> OSError:
    code = ctypes.get_errno()
    return OSError(code, os.strerror(code), what)
