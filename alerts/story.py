"""Which story an item tells: the key that makes two items one incident, and the words by which people recognise it."""

import hashlib
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

from core.records import FreshItem
from core.settings import Settings
from core.text import fold
from core.types import Finding

LONGEST_TITLE = 80
SAME_NAME = 0.7

_BY_NAME = ("leak.codename",)
_BY_ACCOUNT = ("account",)
_BY_LABEL = ("complaint", "crisis")
_TITLED = ("leak.codename", "crisis.boycott")


def key_of(item: FreshItem, finding: Finding, settings: Settings) -> str:
    """The dedup key `brand:family:story`, the same for two items that tell one story; at most 200 characters, without post text.

    The story is the label for complaints and crises (a wave), the account for accounts, the code name for code names, else the text's
    near-duplicate signature. Personal data and credentials are never part of a key: a digest of so few digits can be guessed.
    """
    family = finding.label.partition(".")[0]
    return f"{item.brand or '-'}:{family}:{_story(item, finding, settings)}"


def is_wave(label: str) -> bool:
    """Crises come in waves: after a quiet time the same label is another story."""
    return is_of(label, ("crisis",))


def is_named(label: str) -> bool:
    """A name tells one story from another, however alike the sentences around it are."""
    return is_of(label, _BY_NAME)


def title_of(item: FreshItem, finding: Finding, settings: Settings) -> str:
    """The words by which people recognise the story, '' where the label says it all or the words themselves must not travel."""
    if not is_of(finding.label, _TITLED):
        return ""
    name = code_name(item, finding, settings) if finding.label == "leak.codename" else None
    return clean(name or evidence(item, finding))


def code_name(item: FreshItem, finding: Finding, settings: Settings) -> str | None:
    """The configured code name that these words inflect or space, None when none is near enough."""
    brands = [one for one in settings.brand if item.brand is None or one.id == item.brand]
    names = [name for brand in brands for name in brand.code_names]
    seen = _letters(evidence(item, finding))
    best = max(names, key=lambda name: _likeness(_letters(name), seen), default=None)
    return best if best is not None and _likeness(_letters(best), seen) >= SAME_NAME else None


def evidence(item: FreshItem, finding: Finding) -> str:
    """The words that fired, '' for a statement on the whole text."""
    return "" if finding.start is None or finding.end is None else item.text[finding.start : finding.end]


def clean(text: str) -> str:
    """One line without control, format and surrogate characters, at most 80 code points."""
    visible = "".join(" " if unicodedata.category(letter) in {"Zl", "Zp"} or letter in "\t\r\n" else letter for letter in text)
    kept = "".join(letter for letter in visible if unicodedata.category(letter) not in {"Cc", "Cf", "Cs"})
    return " ".join(kept.split())[:LONGEST_TITLE]


def is_of(label: str, families: Iterable[str]) -> bool:
    """The label is one of these or lies below one of them."""
    return any(label == one or label.startswith(f"{one}.") for one in families)


def _story(item: FreshItem, finding: Finding, settings: Settings) -> str:
    if is_of(finding.label, _BY_LABEL):
        return finding.label
    if is_of(finding.label, _BY_ACCOUNT):
        return f"{finding.label}:{_digest(item.author_key)}"
    if is_of(finding.label, _BY_NAME) and (said := _said(item, finding, settings)):
        return f"{finding.label}:{_digest(said)}"
    return f"{finding.label}:{_digest(str(min(item.bands)))}" if item.bands else f"{finding.label}:{item.item_id}"


def _said(item: FreshItem, finding: Finding, settings: Settings) -> str:
    """The code name, the same in whatever inflection or spacing."""
    return _letters(code_name(item, finding, settings) or evidence(item, finding))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _letters(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
