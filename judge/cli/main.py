"""Bind the command line: language, options, exit statuses. What a command does stands in ``judge.cli.commands``.

Exit statuses: 0 accepted or done, 1 another verdict or findings, 2 asked wrongly (nothing on standard output), 3 the
judge itself failed, 130 interrupted.
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn, Protocol

    from judge.cli.parser import Parser
    from judge.cli.terminal import Terminal

    class Command(Protocol):
        """What a module of ``judge.cli.commands`` offers."""

        def arguments(self, parser: Parser) -> None:
            """Declare the command's arguments."""

        def run(self, options: object, terminal: Terminal) -> int:
            """Do it, and return the exit status."""


COMMANDS = ("check", "review", "try", "submit", "list", "show", "start", "hint", "answer", "verify", "serve", "doctor")

_FILES = {"try": "try_"}  # a module cannot be called like a keyword

OK, NOT_ACCEPTED, USAGE, FAILED, INTERRUPTED = 0, 1, 2, 3, 130

_JUDGING = ("check", "review", "try")  # commands that run a submission, nearly always


def process() -> NoReturn:
    """Run the command line of this process, and end it."""
    if _command(sys.argv[1:]) in _JUDGING:
        # A check makes some hundred thousand objects and lets go of few: looking for cycles finds none.
        gc.set_threshold(200_000, 50, 50)
    status = main()
    # All is written and closed by now. Taking a hundred thousand objects apart first would be a tenth of a check.
    os._exit(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (default: that of the process) and return its exit status."""
    _fill_descriptors()
    # Before NumPy is imported. A second BLAS thread costs more than it brings on networks of this size: it takes the
    # core on which the submission runs, and starting it is a good part of importing NumPy.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    words = list(sys.argv[1:] if argv is None else argv)
    if _command(words) in _JUDGING and not {"-h", "--help"}.intersection(words):
        from judge.cli import ahead

        ahead.start()
        _load_msgspec()
        try:
            return _main(words)
        finally:
            ahead.end()
    return _main(words)


def _main(words: list[str]) -> int:
    from judge.cli.terminal import Terminal

    terminal = Terminal.of(words, os.environ)
    status = FAILED
    try:
        status = _run(words, terminal)
    except SystemExit as left:  # argparse, which has said why
        status = left.code if isinstance(left.code, int) else USAGE
    except KeyboardInterrupt:
        status = INTERRUPTED
    finally:
        terminal.finish()
    if terminal.lost:
        terminal.warn(terminal.text("cannot_write"))
        return FAILED
    return status


def _load_msgspec() -> None:
    """Load msgspec without what it asks for in vain: ``typing`` has had all of it since Python 3.11.

    Loading ``typing_extensions`` takes longer than loading msgspec.
    """
    if "typing_extensions" in sys.modules:
        return
    sys.modules["typing_extensions"] = None  # type: ignore[assignment]  # as for a package that is not installed
    try:
        import msgspec  # noqa: F401
    finally:
        del sys.modules["typing_extensions"]


def _fill_descriptors() -> None:
    """Where a caller closed standard streams (>&-), no socket of ours may take their numbers."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free


def _run(words: list[str], terminal: Terminal) -> int:
    from judge.errors import BrokenPackage, JudgeError, UsageError

    try:
        return _dispatch(words, terminal)
    except (UsageError, BrokenPackage) as error:
        from judge.words.render import sentence

        terminal.warn(terminal.text("error", message=sentence(terminal.spoken, error.message)))
        for finding in error.findings if isinstance(error, BrokenPackage) else ():
            terminal.warn("  " + sentence(terminal.spoken, finding))
        return USAGE if isinstance(error, UsageError) else FAILED
    except JudgeError as error:
        from judge.words.render import sentence

        terminal.warn(terminal.text("error", message=sentence(terminal.spoken, error.message)))
        return FAILED
    except Exception as error:
        if os.environ.get("JUDGE_DEBUG"):
            raise
        terminal.warn(terminal.text("failed_itself", kind=type(error).__name__))
        return FAILED


def _dispatch(words: list[str], terminal: Terminal) -> int:
    from importlib import import_module
    from typing import cast

    from judge.cli.parser import complain_of_command, make_parser

    name = _command(words)
    known = name in COMMANDS
    module = cast("Command", import_module(f"judge.cli.commands.{_FILES.get(str(name), name)}")) if known else None
    parser = make_parser(terminal, COMMANDS, name, module.arguments if module else None)
    if name is not None and not known:
        complain_of_command(parser, name, COMMANDS)
    options = parser.parse_args(words)
    if module is None:
        parser.print_help(terminal.err)
        return USAGE
    return module.run(options, terminal)


def _command(words: Sequence[str]) -> str | None:
    """Return the command that ``words`` name: the first that is no option, nor the value of ``--lang``."""
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word == "--lang":
            skip = True
        elif not word.startswith("-"):
            return word
    return None
