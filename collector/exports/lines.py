"""Physical lines of a file with their numbers and byte offsets, so that reading can go on where it ended."""

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from collector.exports.shape import Shape

_CHUNK_BYTES = 65_536
MAX_LINE_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end. `end` is the byte offset after it; `complete` says that a line end followed."""

    number: int
    text: str
    end: int
    complete: bool = True
    too_long: bool = False


def lines(stream: BinaryIO, shape: Shape, start: int, number: int, progress: Callable[[int], object]) -> Iterator[Line]:
    """Every line from byte `start`, the first one numbered `number`.

    `progress` is told how many bytes were read since it was last told. A line longer than 2 MB is given once, cut and marked.
    """
    stream.seek(start)
    buffer, offset, overlong = b"", start, False
    while chunk := stream.read(_CHUNK_BYTES):
        progress(len(chunk))
        buffer += chunk
        at = 0
        while (found := _find(buffer, shape, at)) >= 0:
            offset += found + len(shape.eol) - at
            yield _line(buffer[at:found], shape, number, offset, overlong=overlong)
            number, at, overlong = number + 1, found + len(shape.eol), False
        buffer = buffer[at:]
        if len(buffer) > MAX_LINE_BYTES:
            drop = len(buffer) - MAX_LINE_BYTES // 2
            drop -= drop % shape.unit
            offset, buffer, overlong = offset + drop, buffer[drop:], True
    if buffer:
        yield _line(buffer, shape, number, offset + len(buffer), overlong=overlong, complete=False)


def _find(buffer: bytes, shape: Shape, at: int) -> int:
    found = buffer.find(shape.eol, at)
    while found >= 0 and (found - at) % shape.unit:
        found = buffer.find(shape.eol, found + 1)
    return found


def _line(piece: bytes, shape: Shape, number: int, end: int, *, overlong: bool, complete: bool = True) -> Line:
    text = piece.decode(shape.codec, "glued" if shape.codec == "utf-8" else "replace")
    return Line(number, text.replace("\0", "").removesuffix("\r"), end, complete, overlong or len(piece) > MAX_LINE_BYTES)


def _glued(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are no UTF-8 as windows-1250: such lines were glued in from an older export."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1250", "replace"), error.end


codecs.register_error("glued", _glued)
