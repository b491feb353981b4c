"""What single cells mean: text, ids, counts, languages, kinds, platforms, voices."""

import re
from typing import Any

from collector.exports.columns import fold
from core.types import ItemKind, Voice

_MOST = 2_000_000_000
_ID_CHARS = 200
_FORMULA_SIGNS = "=+-@\t\r"
_THOUSANDS = {"": 1, "k": 1_000, "tys": 1_000, "thousand": 1_000, "m": 1_000_000, "mln": 1_000_000, "million": 1_000_000}
_LANGUAGES = {
    "polski": "pl", "polish": "pl", "pol": "pl", "angielski": "en", "english": "en", "eng": "en", "niemiecki": "de", "german": "de",
    "ukrainski": "uk", "ukrainian": "uk", "rosyjski": "ru", "russian": "ru", "czeski": "cs", "czech": "cs",
}  # fmt: skip
_KINDS = {
    ItemKind.POST: ("post", "wpis", "tweet", "status", "toot", "skeet", "note", "submission", "original", "photo", "video", "reel", "link"),
    ItemKind.COMMENT: ("comment", "komentarz", "reply", "odpowiedz", "replied_to"),
    ItemKind.REVIEW: ("review", "opinia", "recenzja", "ocena", "rating"),
    ItemKind.ARTICLE: ("article", "artykul", "news", "story", "blog", "press", "publikacja"),
    ItemKind.MESSAGE: ("message", "wiadomosc", "dm", "direct_message", "chat", "mail", "email", "e_mail"),
}  # fmt: skip
_KIND = {name: kind for kind, names in _KINDS.items() for name in names}
_PLATFORMS = {
    "twitter": "x", "twitter_com": "x", "x_com": "x", "x_twitter": "x", "fb": "facebook", "facebook_com": "facebook", "ig":
    "instagram", "instagram_com": "instagram", "yt": "youtube", "youtube_com": "youtube", "reddit_com": "reddit", "li": "linkedin",
    "linkedin_com": "linkedin", "bsky": "bluesky", "bsky_app": "bluesky", "google_play": "googleplay", "app_store": "appstore",
    "hacker_news": "hackernews", "wykop_pl": "wykop",
}  # fmt: skip
_VOICES = {
    "ours": Voice.OURS, "our": Voice.OURS, "nasz": Voice.OURS, "nasze": Voice.OURS, "firma": Voice.OURS, "company": Voice.OURS, "my":
    Voice.OURS, "public": Voice.PUBLIC, "publiczny": Voice.PUBLIC, "publiczne": Voice.PUBLIC, "klient": Voice.PUBLIC, "customer":
    Voice.PUBLIC,
}  # fmt: skip


def plain(cell: str) -> str:
    """The text of a cell: without the apostrophe that keeps spreadsheets from counting, otherwise as it is, formulas too."""
    if len(cell) > 1 and cell[0] == "'" and cell[1] in _FORMULA_SIGNS:
        return cell[1:]
    return cell


def clean(value: Any) -> Any:
    """JSON that every database takes: no NUL, no half characters, no NaN, no numbers beyond 64 bits."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode() if not value.isascii() or "\0" in value else value
    if isinstance(value, dict):
        return {clean(str(key)): clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, float) and not -1e300 < value < 1e300:
        return None
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return str(value)
    return value


def identifier(cell: str) -> str:
    """An id as it was before a spreadsheet touched it; '' for one that it destroyed (1,23E+18) or that cannot be a key."""
    cell = cell.strip()
    if found := re.fullmatch(r'="?([^"]*)"?', cell):
        cell = found[1].strip()
    if re.match(r"'\d", cell):
        cell = cell[1:]
    if re.fullmatch(r"\d+\.0", cell):
        cell = cell[:-2]
    if re.fullmatch(r"\d(?:[.,]\d+)?[eE]\+?\d+", cell) or len(cell) > _ID_CHARS or cell.lower() in {"nan", "null", "none", "n/a", "-"}:
        return ""
    return cell


def count(cell: str) -> int | None:
    """A count: "12 345", "12,345", "1,2 tys.", "3K". None for anything else."""
    found = re.fullmatch(r"(\d[\d\s\xa0\u202f.,']*)\s*([a-z]*)\.?", cell.strip().lower())
    if found is None or found[2] not in _THOUSANDS:
        return None
    digits = re.sub(r"[\s\xa0\u202f']", "", found[1]).rstrip(".,")
    scale = _THOUSANDS[found[2]]
    if scale == 1:
        digits = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", digits)
    try:
        number = round(float(digits.replace(",", ".")) * scale)
    except ValueError:
        return None
    return number if number <= _MOST else None


def language(cell: str) -> str | None:
    """A two-letter language code, None where the cell names no language."""
    word = fold(cell)
    code = _LANGUAGES.get(word, word.split("_")[0])
    return code if re.fullmatch(r"[a-z]{2}", code) else None


def kind(cell: str) -> ItemKind | None:
    """The kind of item that a cell names, None if it names none we know."""
    return _KIND.get(fold(cell))


def platform(cell: str) -> str | None:
    """A platform's name as sources spell it: "Twitter" → "x". None for what cannot be one."""
    word = cell.strip().casefold().removeprefix("www.")
    known = _PLATFORMS.get(fold(word))
    if known is not None:
        return known
    return word if re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,31}", word) else None


def voice(cell: str) -> Voice | None:
    """Who speaks, if the cell says so."""
    return _VOICES.get(fold(cell))
