"""``judge serve``: the same judge over HTTP."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from judge.cli.parser import Parser
from judge.cli.terminal import Terminal
from judge.errors import UsageError

_WORKERS = 64  # more than any host that this is meant for can use


def arguments(parser: Parser) -> None:
    parser.option("--host", default="127.0.0.1", help="host")
    parser.option("--port", default="8000", metavar="N", help="port")
    parser.option("--data", default=None, metavar="DIR", help="data")
    parser.option("--workers", default=None, metavar="N", help="workers")
    parser.option("--allow-unconfined", action="store_true", help="allow_unconfined")


def run(options: Namespace, terminal: Terminal) -> int:
    port = _number(options.port, "--port", 0, 65535)
    workers = None if options.workers is None else _number(options.workers, "--workers", 1, _WORKERS)
    data = None if options.data is None else Path(options.data)
    from judge.web.server import serve

    status: int | None = serve(
        host=options.host, port=port, data=data, workers=workers, allow_unconfined=options.allow_unconfined
    )
    return status or 0


def _number(text: str, option: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and low <= int(text) <= high):
        raise UsageError("errors.bad_number", option=option, given=text[:40], low=low, high=high)
    return int(text)
