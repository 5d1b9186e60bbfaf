"""What every request passes first: where it comes from, how large it is; and the headers that every answer carries."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from judge.web.problems_details import Refused

SOURCE_BYTES = 65_536
# A byte takes six characters at most, in JSON (an escape) and in a form (a line end); the rest is for the fields.
BODY_BYTES = 6 * SOURCE_BYTES + 32_768
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
log = logging.getLogger("judge")


def policy(nonce: str = "") -> str:
    """Return the content security policy; ``nonce`` allows the style elements that carry it besides our own sheets."""
    styles = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    return (
        f"default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


HEADERS = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": with that a browser sends "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """ASGI middleware. ``refuse`` turns a refusal into an answer."""

    def __init__(self, app: ASGIApp, refuse: Callable[[Request, Exception], Awaitable[Response]]) -> None:
        self._app, self._refuse = app, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        refused = _foreign(scope["method"], headers) or _too_large(headers)
        if refused is not None:
            response = await self._refuse(Request(scope), refused)
            response.headers["Connection"] = "close"  # what is left of the body is not read
            await response(scope, receive, send_with_headers)
            return
        await self._answered(scope, receive, send_with_headers)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            return
        except Exception:
            if started:  # too late for another answer
                raise
            identifier = secrets.token_hex(6)
            log.exception("request error %s", identifier)
            response = await self._refuse(Request(scope), Refused(500, "web.error.internal", id=identifier))
            await response(scope, receive, send)


def _foreign(method: str, headers: Headers) -> Refused | None:
    """Refuse what another site's page has sent. Programs other than browsers send neither header."""
    for origin in headers.getlist("origin"):
        try:
            here = urlsplit(origin).netloc.lower() == headers.get("host", "").lower() and origin.startswith("http")
        except ValueError:
            here = False
        if not here:
            return Refused(403, "web.error.foreign")
    if method not in SAFE_METHODS and headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return Refused(403, "web.error.foreign")
    return None


def _too_large(headers: Headers) -> Refused | None:
    length = headers.get("content-length", "0")
    if length.isascii() and length.isdigit() and (len(length) > 12 or int(length) > BODY_BYTES):
        return Refused(413, "web.error.body", limit=BODY_BYTES)
    return None


async def read_body(request: Request) -> bytes:
    """Return the body, of which no more than the limit is read, whatever its headers said. Raises :class:`Refused`."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > BODY_BYTES:
            raise Refused(413, "web.error.body", limit=BODY_BYTES, headers={"Connection": "close"})
        parts.append(part)
    return b"".join(parts)
