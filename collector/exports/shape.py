"""How a file is written: its encoding, line ends and layout, guessed from its bytes."""

import codecs
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from charset_normalizer import from_bytes

from core.errors import BadResponse

_HEAD_BYTES = 65_536
_SAMPLE_BYTES = 262_144
_SCAN_BYTES = 67_108_864
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_BINARY = {b"PK\x03\x04": "an Excel workbook or a zip file", b"\xd0\xcf\x11\xe0": "an old Excel workbook", b"\x1f\x8b": "a gzip file",
           b"%PDF": "a PDF document", b"SQLite format 3": "a SQLite database"}  # fmt: skip
_LEGACY = ("cp1250", "iso8859-2", "cp852", "mac_latin2", "cp1252")
_POLISH = "ąćęłńóśźż"
_TYPOGRAPHY = "„”“’‘–—…«»€§°•\xa0"
_INSIDE_WORD = re.compile(rf"(?<=[a-z{_POLISH}])[{_POLISH}]|[{_POLISH}](?=[a-z])")


class Layout(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """`bom` is how many bytes precede the text, `unit` the size of a code unit in bytes (2 for UTF-16)."""

    codec: str
    bom: int
    unit: int
    eol: bytes
    layout: Layout


def shape_of(path: Path) -> Shape:
    """Guess how a file is written. Raises BadResponse for a file that is no text; OSError if it cannot be read."""
    head, odd = _sample(path)
    for magic, what in _BINARY.items():
        if head.startswith(magic):
            raise BadResponse(f"{path.name} is {what}; save it as CSV (UTF-8) or JSON Lines and import that", reason="not_text")
    codec, bom = _codec(head, odd)
    unit = 2 if codec.startswith("utf-16") else 1
    newline, carriage = "\n".encode(codec), "\r".encode(codec)
    eol = carriage if carriage in head and newline not in head else newline
    return Shape(codec=codec, bom=bom, unit=unit, eol=eol, layout=_layout(path, head[bom:].decode(codec, "replace")))


def _sample(path: Path) -> tuple[bytes, bytes]:
    """The file's beginning, and up to 256 KiB of lines with bytes beyond ASCII from anywhere in its first 64 MiB."""
    odd: list[bytes] = []
    size = 0
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
        chunk = head
        while chunk and size < _SAMPLE_BYTES and stream.tell() <= _SCAN_BYTES:
            if not chunk.isascii():
                for line in chunk.splitlines(keepends=True):
                    if not line.isascii():
                        odd.append(line)
                        size += len(line)
            chunk = stream.read(_HEAD_BYTES)
            chunk += stream.readline(_HEAD_BYTES) if chunk else b""
    return head, b"".join(odd)


def _codec(head: bytes, odd: bytes) -> tuple[str, int]:
    for bom, codec in _BOMS:
        if head.startswith(bom):
            return codec, len(bom)
    if len(head) >= 2:
        low, high = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / len(head[1::2])
        if max(low, high) > 0.3 and min(low, high) < 0.1:
            return ("utf-16-le" if high > low else "utf-16-be"), 0
    return ("utf-8" if _is_utf8(odd) else _legacy(odd)), 0


def _is_utf8(odd: bytes) -> bool:
    """Whether it is UTF-8, a few broken characters included: files get cut and glued."""
    text = odd.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return broken == 0 or sum(not char.isascii() for char in text) - broken > 3 * broken


def _legacy(odd: bytes) -> str:
    """The one-byte encoding under which the text looks most like Polish; a general guess where none does."""
    scores = {codec: _polishness(odd, codec) for codec in _LEGACY}
    best = max(_LEGACY, key=lambda codec: scores[codec])
    if scores[best] > 0:
        return best
    guess = from_bytes(odd).best()
    return guess.encoding if guess is not None and "\n".encode(guess.encoding) == b"\n" else "cp1250"


def _polishness(odd: bytes, codec: str) -> int:
    text = odd.decode(codec, "replace")
    strange = [char for char in text if not char.isascii() and char.lower() not in _POLISH and char not in _TYPOGRAPHY]
    letters = sum(char.isalpha() for char in strange)
    inside = len(_INSIDE_WORD.findall(text))
    upper_after_lower = len(re.findall(rf"[a-z{_POLISH}][{_POLISH.upper()}]", text))
    return 3 * inside - letters - 4 * (len(strange) - letters) - 3 * upper_after_lower


def _layout(path: Path, text: str) -> Layout:
    if path.suffix.lower() in {".jsonl", ".ndjson", ".jsonlines"}:
        return Layout.JSONL
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return Layout.JSONL
    return Layout.CSV
