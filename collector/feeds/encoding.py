"""Which encoding a feed is really in: Polish feeds say iso-8859-2 and send windows-1250, or say windows-1250 and send UTF-8."""

import codecs
import re

_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_POLISH = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ„”–…"
# What the letters of one of the two look like when read as the other.
_MISREAD = "±¶Ľ¦¬ˇĽšžŤť¹œŸ\x9c\x9f\x8c\x8f\x84\x94\x96\x85š"
_LATIN2 = frozenset({"iso-8859-2", "windows-1250", "cp1250", "latin2", "latin-2", "iso8859-2", "l2"})


def as_utf8(body: bytes, content_type: str) -> bytes | None:
    """The body in UTF-8 where its label is wrong or Polish guesswork is needed; None: read it as it is labelled.

    Text with letters beyond ASCII that is valid UTF-8 is UTF-8, whatever its label: no other text looks so by chance.
    """
    if body.startswith(_BOMS) or b"\0" in body[:200] or body.isascii():
        return None
    try:
        body.decode("utf-8")
        return body
    except UnicodeDecodeError:
        label = declared(body, content_type)
    if label in _LATIN2:
        return body.decode(_better(body), errors="replace").encode()
    if label in {"", "utf-8", "utf8", "us-ascii", "ascii"} and _looks_polish(body):
        return body.decode(_better(body), errors="replace").encode()
    return None


def declared(body: bytes, content_type: str) -> str:
    """The label: of the header, else of the XML declaration, else ""."""
    header = re.search(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", content_type, re.IGNORECASE)
    inside = re.search(rb"^\s*<\?xml[^>]*encoding\s*=\s*[\"']([\w.:-]+)", body[:300])
    return (header[1] if header else inside[1].decode("ascii") if inside else "").lower()


def _better(body: bytes) -> str:
    """windows-1250 or iso-8859-2: the one that reads as Polish."""
    return max(("windows-1250", "iso-8859-2"), key=lambda name: _polishness(body, name))


def _polishness(body: bytes, name: str) -> int:
    text = body.decode(name, errors="replace")
    return sum(text.count(letter) for letter in _POLISH) - sum(text.count(letter) for letter in _MISREAD + "\ufffd")


def _looks_polish(body: bytes) -> bool:
    """More than two thirds of the letters beyond ASCII are Polish ones."""
    beyond = sum(byte > 0x7F for byte in body)
    return _polishness(body, _better(body)) * 3 > beyond * 2
