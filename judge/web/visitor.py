"""What a visitor has handed in from the pages: a list of ids in a cookie of the visitor's own browser.

It also tells one visitor from another where several ask from one address, so that each has limits of their own.

There is no account, and the server keeps no list: the cookie is anonymous, and signed so that only what was handed in
here stands in it. The newest come first; the oldest fall out when it is full.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from judge.web.state import State, Whose

COOKIE = "submissions"
MOST = 120  # ids: what a browser takes for one cookie, 4096 bytes, with room to spare
_ID, _SIGN = 16, 16  # bytes
_YEAR = 365 * 24 * 3600


def submissions_of(request: Request) -> list[str]:
    """Return the ids of the visitor's submissions, the newest first; none where the cookie is not of our making."""
    content = _decoded(request.cookies.get(COOKIE, ""))
    sign, ids = content[:_SIGN], content[_SIGN:]
    if not hmac.compare_digest(sign, _sign(_secret(request), ids)):
        return []
    return [_encoded(ids[at : at + _ID]) for at in range(0, len(ids) - _ID + 1, _ID)]


def whose(request: Request) -> Whose:
    """Return who asks: a visitor who has handed in something, known by the cookie's oldest id, or else an address."""
    known = submissions_of(request)
    if known:
        return Whose(known[-1], True)
    return Whose(request.client.host if request.client else "", False)


def remember(request: Request, response: Response, identifier: str) -> None:
    """Let ``response`` put a submission at the front of the visitor's list."""
    kept = [identifier, *(one for one in submissions_of(request) if one != identifier)][:MOST]
    _set(request, response, kept)


def forget(response: Response) -> None:
    """Let ``response`` end the visitor's list. The submissions stay, for whoever knows their ids."""
    response.delete_cookie(COOKIE)


def _set(request: Request, response: Response, identifiers: Sequence[str]) -> None:
    ids = b"".join(_decoded(one) for one in identifiers)
    value = _encoded(_sign(_secret(request), ids) + ids)
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, value, max_age=_YEAR, httponly=True, samesite="lax", secure=secure)


def _secret(request: Request) -> bytes:
    state: State = request.app.state.judge
    return state.secret


def _sign(secret: bytes, content: bytes) -> bytes:
    return hmac.new(secret, COOKIE.encode() + content, hashlib.sha256).digest()[:_SIGN]


def _encoded(content: bytes) -> str:
    """As ids are made: URL-safe, without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        return b""
