"""``judge check --watch``: judge again whenever the solution or the problem changes."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from judge.cli import solution
from judge.cli.judging import Job, Judging
from judge.cli.terminal import Terminal
from judge.domain.submission import fresh_seed
from judge.errors import BrokenPackage, UsageError
from judge.words.render import sentence

_CLEAR = "\x1b[H\x1b[2J\x1b[3J"
_LOOK_MS = 1_000  # besides being told of changes, look so often: an edit during the judging is found then

Stamp = tuple[tuple[str, int, int], ...]


def watch(job: Job, terminal: Terminal) -> int:
    """Judge, wait for a change, judge again; until interrupted. The seed stays the same, so that results compare."""
    import watchfiles

    from judge.packages.library import Library

    folder = Library().find(job.problem)
    if job.seed is None and not _is_theory(folder):
        job = replace(job, seed=fresh_seed())
    folders = {folder, Path.cwd(), *([] if job.solution is None else [Path(job.solution).resolve().parent])}
    with Judging(terminal) as judging:
        seen = _judge(judging, job, folder, terminal)
        present = [place for place in folders if place.is_dir()]
        changes = watchfiles.watch(
            *present, recursive=False, yield_on_timeout=True, rust_timeout=_LOOK_MS, raise_interrupt=True
        )
        for _ in changes:
            if _stamp(job, folder) != seen:
                judging.service.library.forget()
                seen = _judge(judging, job, folder, terminal)
    return 0


def _judge(judging: Judging, job: Job, folder: Path, terminal: Terminal) -> Stamp:
    """Judge what is there now and return its stamp, taken before."""
    stamp = _stamp(job, folder)
    if terminal.colour:
        terminal.write(terminal.out, _CLEAR)
    try:
        judging.check(job)
    except (UsageError, BrokenPackage) as error:  # a file that is being saved; a package that is being edited
        terminal.warn(terminal.text("error", message=sentence(terminal.spoken, error.message)))
    terminal.warn("", terminal.text("watching"))
    terminal.finish()
    return stamp


def _stamp(job: Job, folder: Path) -> Stamp:
    """Return size and time of every file that a judging reads."""
    files = [path for path in folder.glob("*") if path.suffix in (".py", ".toml", ".safetensors")]
    if job.solution is not None:
        files.append(Path(job.solution))
    else:
        files += [place for kind in ("coding", "theory") for place in solution.places(folder, kind)]
    rows = []
    for path in dict.fromkeys(files):
        try:
            status = path.stat()
        except OSError:
            continue
        rows.append((str(path), status.st_mtime_ns, status.st_size))
    return tuple(sorted(rows))


def _is_theory(folder: Path) -> bool:
    return 'kind = "theory"' in (folder / "problem.toml").read_text("utf-8")
