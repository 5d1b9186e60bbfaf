"""``argparse`` that speaks two languages and knows how wide a Chinese character is."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import IO, Any, NoReturn

from judge import __version__
from judge.cli.layout import wrap
from judge.cli.terminal import Terminal
from judge.words.language import LANGUAGES

# What argparse says when it is unhappy, and the sentence that says it in the person's language.
_COMPLAINTS = (
    (r"the following arguments are required: (?P<names>.+)", "missing"),
    (r"unrecognized arguments: (?P<names>.+)", "unknown"),
    (r"argument (?P<name>[^:]+): expected one argument", "value"),
    (r"argument (?P<name>[^:]+): invalid choice: (?P<given>.+) \(choose from (?P<choices>.+)\)", "choice"),
    (r"argument (?P<name>[^:]+): ignored explicit argument (?P<given>.+)", "flag"),
)


class Parser(argparse.ArgumentParser):
    """A parser whose help and complaints are in the terminal's language; complaints end the process with status 2."""

    def __init__(self, terminal: Terminal, **options: Any) -> None:
        self.terminal = terminal

        class Formatter(_Formatter):
            def __init__(self, prog: str) -> None:
                super().__init__(prog, max_help_position=24, width=terminal.width)
                self.usage_word = terminal.text("usage")

        super().__init__(formatter_class=Formatter, add_help=False, allow_abbrev=False, **options)
        self.helped_by = self.prog  # whose --help tells more
        self._positionals.title = terminal.text("positionals")
        self._optionals.title = terminal.text("options")
        self.add_argument("-h", "--help", action="help", help=terminal.text("option.help"))
        self.add_argument("--lang", choices=LANGUAGES, default=argparse.SUPPRESS, help=terminal.text("option.lang"))

    def say(self, key: str, /, **values: Any) -> str:
        """Return a sentence of ``cli.toml``."""
        return self.terminal.text(key, **values)

    def option(self, *names: str, help: str, **options: Any) -> None:
        """Add an argument whose help is the sentence ``option.<help>``."""
        self.add_argument(*names, help=self.say(f"option.{help}"), **options)

    def error(self, message: str) -> NoReturn:
        for pattern, key in _COMPLAINTS:
            found = re.fullmatch(pattern, message, re.DOTALL)
            if found:
                message = self.say(f"complaint.{key}", **found.groupdict())
                break
        self.complain(message)

    def complain(self, message: str) -> NoReturn:
        """Say what is wrong and end with status 2."""
        self.terminal.warn(self.say("error", message=message), self.say("see_help", prog=self.helped_by))
        raise SystemExit(2)

    def print_help(self, file: IO[str] | None = None) -> None:  # type: ignore[override]
        self._print(self.format_help(), file)

    def print_usage(self, file: IO[str] | None = None) -> None:  # type: ignore[override]
        self._print(self.format_usage(), file)

    def _print(self, text: str, file: IO[str] | None) -> None:
        (self.terminal.out if file is None else file).write(text)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    usage_word = "usage"

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrap(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(wrap(text, width, indent))

    def add_usage(
        self, usage: str | None, actions: Iterable[argparse.Action], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, self.usage_word if prefix is None else prefix)


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        assert isinstance(parser, Parser)
        parser.terminal.print(f"judge {__version__}")
        parser.exit()


def complain_of_command(parser: Parser, given: str, commands: Sequence[str]) -> NoReturn:
    """Say that there is no such command, with the nearest one, and end with status 2."""
    nearest = difflib.get_close_matches(given, commands, n=1)
    parser.complain(parser.say("complaint.command", given=given[:60], nearest=nearest))


def make_parser(
    terminal: Terminal, commands: Sequence[str], command: str | None, arguments: Callable[[Parser], None] | None
) -> Parser:
    """Return the parser for ``command`` alone, or the one that lists them all."""
    parser = Parser(terminal, prog="judge", description=terminal.text("about.judge"))
    parser.add_argument("--version", action=_Version, nargs=0, help=terminal.text("option.version"))
    if command is None or arguments is None:
        parser.usage = "judge COMMAND ..."
        room = terminal.width - 2  # as argparse reckons it
        about = "\n".join(
            line for name in commands for line in wrap(terminal.text(f"about.{name}"), room, f"  {name:<8}")
        )
        parser.epilog = f"{terminal.text('commands')}\n{about}\n\n{terminal.text('epilog')}"
        return parser
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    own = subparsers.add_parser(
        command,
        terminal=terminal,
        description=terminal.text(f"about.{command}"),
        epilog=terminal.text(f"more.{command}"),
    )
    parser.helped_by = own.prog
    arguments(own)
    return parser
