"""Opens compressed bodies up to a size: a few kilobytes that unpack to gigabytes are refused after the first byte too many."""

import zlib

from core.errors import HttpError

_MAX_LAYERS = 2


def decompress(body: bytes, encoding: str, max_bytes: int, where: str) -> bytes:
    """The body without its Content-Encoding (gzip, deflate, at most two layers). Raises HttpError(too_large | garbage)."""
    layers = [layer for layer in (part.strip().lower() for part in encoding.split(",")) if layer and layer != "identity"]
    if not body or not layers:
        return body
    if len(layers) > _MAX_LAYERS or any(layer not in {"gzip", "x-gzip", "deflate"} for layer in layers):
        raise HttpError(f"{where} answered in the unasked-for encoding {encoding[:40]!r}", reason="garbage")
    try:
        for layer in reversed(layers):
            body = _inflate(body, layer, max_bytes, where)
    except zlib.error as error:
        raise HttpError(f"{where} sent a body that cannot be unpacked: {error}", reason="garbage") from error
    return body


def _inflate(body: bytes, layer: str, max_bytes: int, where: str) -> bytes:
    # "deflate" is zlib by the standard and a bare deflate stream from some servers: the first two bytes tell
    bare = layer == "deflate" and not (body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0)
    opened = bytearray()
    while body:
        stream = zlib.decompressobj(-15 if bare else 47)
        opened += stream.decompress(body, max_bytes - len(opened) + 1)
        if len(opened) > max_bytes:
            raise HttpError(f"{where} sent more than {max_bytes} bytes once unpacked", reason="too_large")
        if not stream.eof:
            raise HttpError(f"{where} broke off inside a compressed body", reason="garbage")
        body = stream.unused_data.lstrip(b"\0")  # gzip may hold several members, and padding after them
    return bytes(opened)
