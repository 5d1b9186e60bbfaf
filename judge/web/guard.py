"""Around the whole application: refuses what another site makes a browser send, sets the headers of every answer."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from judge.web.fault import Fault, as_json

# No inline script or style anywhere, nothing from elsewhere: what a page needs is in /static.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with that a browser sends a form of ours with the origin "null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_PORTS = {"http": ":80", "https": ":443"}
_SAFE = ("GET", "HEAD", "OPTIONS")


class Guard:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.add_vary_header("Accept-Language, Cookie")
            elif head:
                message = {**message, "body": b""}
            await send(message)

        if is_foreign(scope["method"], Headers(scope=scope)):
            await as_json(Fault("foreign_origin"), HTTPConnection(scope))(scope, receive, guarded)
            return
        # Whatever can be got has a head, too.
        await self._app({**scope, "method": "GET"} if head else scope, receive, guarded)


def is_foreign(method: str, headers: Headers) -> bool:
    """True for a request that a page of another origin made: by ``Origin``, and for writing by ``Sec-Fetch-Site``."""
    for origin in headers.getlist("origin"):
        if not _same(origin, headers.get("host", "")):
            return True
    return method not in _SAFE and headers.get("sec-fetch-site", "none") not in ("same-origin", "none")


def _same(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    port = _PORTS.get(parts.scheme)
    # A proxy may speak TLS for us, so the scheme tells nothing beyond the port that goes without saying.
    return port is not None and parts.netloc.lower().removesuffix(port) == host.lower().removesuffix(port)
