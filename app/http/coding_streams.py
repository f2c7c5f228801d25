"""Content codings of bodies that are made while they are sent."""

import asyncio

from sanic.compat import Header

from app.http.coding import ACCEPT, INLINE, Coding, coding_for

_PACKED_ALREADY = ("application/vnd.apache.",)


class Coder:
    """Codes a body part by part. `headers` are what the answer says of that."""

    def __init__(self, coding: Coding | None, negotiated: bool) -> None:
        """negotiated: whether the coding depends on what the client takes. Without one parts stay as is."""
        self.headers: dict[str, str] = {"vary": ACCEPT} if negotiated else {}
        self._compressor = None
        if coding is not None:
            self._compressor = coding.begin()
            coding.mark(self.headers)

    async def take(self, part: bytes) -> bytes:
        """What there is to send after this part, possibly nothing yet."""
        if self._compressor is None:
            return part
        if len(part) <= INLINE:
            return self._compressor.compress(part)
        return await asyncio.to_thread(self._compressor.compress, part)

    def end(self) -> bytes:
        """The rest, after the last part."""
        return b"" if self._compressor is None else self._compressor.flush()


UNCODED = Coder(None, negotiated=False)


def coder_for(asked: Header, media: str) -> Coder:
    """A coder of what the client likes best; one that changes nothing where `media` is compressed by itself."""
    if media.startswith(_PACKED_ALREADY):
        return UNCODED
    return Coder(coding_for(asked), negotiated=True)
