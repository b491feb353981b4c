"""Text from outside made usable: folded for search, without control characters, HTML as plain text."""

import re
import unicodedata
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"})

_BLOCKS = re.compile("p|div|[uod]l|li|d[td]|blockquote|pre|h[1-6]|table|tr|section|article|aside|header|footer|figure|figcaption")
_UNSEEN = re.compile("script|style|template|head|title|noscript|svg|iframe|object|[-!].*")


def fold(text: str) -> str:
    """Lower case without accents and strokes, for search: "Łódź" and "lodz" are one. The length may change."""
    # decomposed before and after: a mathematical 𝑨 is only then an A, and İ has its dot only then to lose
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(letter for letter in lowered if not unicodedata.combining(letter)).translate(_LETTERS)


def strip_controls(text: str) -> str:
    """Without control characters (line breaks and tabs stay) and without what cannot be written as UTF-8; line breaks are "\\n"."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n"))


def clean_json(value: Any) -> Any:
    """A value read from JSON, with U+FFFD for each NUL and lone surrogate in its texts and keys."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [clean_json(part) for part in value]
    if isinstance(value, dict):
        return {clean_json(key): clean_json(part) for key, part in value.items()}
    return value


def html_to_text(html: str) -> str:
    """What a reader of this piece of HTML sees: breaks and paragraphs as line breaks, links as their text, no markup.

    A link whose text was shortened by Mastodon (invisible and ellipsis spans) gives its full address.
    """
    if "<" not in html and "&" not in html:
        return _tidy(html)
    body = LexborHTMLParser(f"<body>{html}</body>").body
    parts: list[str] = []
    if body is not None:
        _collect(body, parts)
    return _tidy("".join(parts))


def _collect(root: LexborNode, parts: list[str]) -> None:
    """Walk without recursion: hostile markup nests thousands of levels deep."""
    stack: list[LexborNode | str] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            _append(parts, node)
            continue
        tag = node.tag or "-"
        if tag == "-text":
            _append(parts, re.sub(r"[ \t\r\n\f\xa0]+", " ", node.text_content or ""))
        elif tag == "br":
            parts.append("\n")
        elif tag == "img":
            parts.append(node.attributes.get("alt") or "")
        elif not _UNSEEN.fullmatch(tag):
            edge = "\n\n" if tag == "p" else "\n" if _BLOCKS.fullmatch(tag) else ""
            stack.append(edge)
            stack.extend(reversed(list(node.iter(include_text=True))))
            _append(parts, edge)


def _append(parts: list[str], part: str) -> None:
    """Blocks inside blocks break the line once, and space between blocks is none."""
    if not (parts and parts[-1].endswith("\n") and part in {"\n", " "}):
        parts.append(part)


def _tidy(text: str) -> str:
    text = strip_controls(text).replace("\xa0", " ").replace("\u200b", "")
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
