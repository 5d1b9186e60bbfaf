"""Static files: read and compressed once, and kept by the browser for as long as none of them changes.

Their addresses hold a digest of them all, ``/static/<digest>/judge.css``: scripts import each other by relative
addresses, and a browser never mixes two versions. Without the digest, or with that of another version, a file is
served as it is now and asked for anew each time.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from judge.web.problems_details import Refused

FOLDER = Path(__file__).parent / "static"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain"}
_FOREVER = "public, max-age=31536000, immutable"


class Asset(Struct, frozen=True):
    """``packed`` is ``content`` compressed with gzip."""

    content: bytes
    packed: bytes
    media_type: str


@cache
def assets() -> dict[str, Asset]:
    """Return every static file by its name."""
    found = {}
    for path in sorted(FOLDER.iterdir()):
        content = path.read_bytes()
        media = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        found[path.name] = Asset(content, gzip.compress(content, 9, mtime=0), media)
    return found


@cache
def digest() -> str:
    """Return the mark of this version of the static files."""
    mark = hashlib.sha256()
    for name, asset in assets().items():
        mark.update(name.encode() + b"\0" + asset.content)
    return mark.hexdigest()[:16]


def address(name: str) -> str:
    """Return the address of the static file ``name``. Raises ``KeyError`` where there is none."""
    assets()[name]
    return f"/static/{digest()}/{name}"


async def serve(request: Request) -> Response:
    """Answer with a static file. Raises :class:`Refused` (404)."""
    asset = assets().get(request.path_params["name"])
    if asset is None:
        raise Refused(404, "web.error.no_route")
    lasting = request.path_params.get("digest") == digest()
    headers = {
        "Cache-Control": _FOREVER if lasting else "no-cache",
        "ETag": f'"{digest()}"',
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if accepts_gzip(request):
        return Response(asset.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=asset.media_type)
    return Response(asset.content, headers=headers, media_type=asset.media_type)


def accepts_gzip(request: Request) -> bool:
    """True where the answer may be compressed."""
    offers = request.headers.get("accept-encoding", "").lower().replace(" ", "").split(",")
    return any(offer == "gzip" or (offer.startswith("gzip;q=") and offer[7:] not in ("0", "0.0")) for offer in offers)
