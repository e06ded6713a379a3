"""Answers made smaller on their way out."""

import zlib
from collections.abc import Iterable, Iterator

from werkzeug.wrappers import Request, Response

_SMALL = 1024  # bytes below which it is not worth it
_GZIP = 16 + zlib.MAX_WBITS
_LEVEL = 1  # a tenth of the size for a hundredth of the time
_TEXTUAL = ("text/", "application/", "image/svg")


def takes_gzip(request: Request) -> bool:
    """Tell whether the client takes gzip."""
    if "gzip" not in request.environ.get("HTTP_ACCEPT_ENCODING", ""):
        return False
    return request.accept_encodings["gzip"] > 0


def compress(request: Request, response: Response) -> None:
    """Encode the body with gzip where the client takes it and it is worth it."""
    if not takes_gzip(request):
        return
    length = response.content_length
    if (
        request.method == "HEAD"
        or response.status_code in (204, 304)
        or "Content-Encoding" in response.headers
        or (length is not None and length < _SMALL)
        or not (response.mimetype or "").startswith(_TEXTUAL)
    ):
        return
    response.headers["Content-Encoding"] = "gzip"
    if response.is_sequence:
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
        response.data = packer.compress(response.get_data()) + packer.flush()
    else:
        del response.content_length
        response.response = Gzipped(response.response)  # type: ignore[arg-type]


class Gzipped:
    """A body compressed piece by piece; the first piece leaves at once."""

    def __init__(self, body: Iterable[bytes]) -> None:
        """Compress what `body` gives."""
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        """Return the compressed pieces."""
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
        first = True
        for piece in self._body:
            packed = packer.compress(piece) + (packer.flush(zlib.Z_SYNC_FLUSH) if first else b"")
            first = False
            if packed:
                yield packed
        yield packer.flush()

    def close(self) -> None:
        """Close the body."""
        close = getattr(self._body, "close", None)
        if close is not None:
            close()
