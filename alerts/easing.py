"""What people have muted or expect: findings that open nothing, thresholds that are higher; both for a time, and end by themselves."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from alerts.route import fits_label
from core.easing import Expected, Held, Mute, MuteKind
from core.errors import Refused
from core.records import AssessState, FreshItem
from core.text import fold
from core.types import Finding

LONGEST_MUTE = timedelta(days=90)
LONGEST_EVENT = timedelta(days=60)
HIGHEST_FACTOR = 100.0
SHORTEST_TERM = 3

SAFETY = ("complaint.safety", "crisis.safety", "leak", "account")
"""Harm to people, leaks and accounts taken over. No expected event raises their thresholds, and no mute that names an author, a source or
a word holds them back: only one that names the very rule or label does."""


def without_muted(state: AssessState) -> tuple[AssessState, tuple[Held, ...]]:
    """The state as if what is muted had not been found, and what was held back by which mute. The items stay."""
    if not state.mutes:
        return state, ()
    held: dict[tuple[int, str], Held] = {}
    items = []
    for item in state.items:
        kept = []
        for found in item.findings:
            one = next((mute for mute in state.mutes if holds_back(mute, item, found)), None)
            if one is None:
                kept.append(found)
            else:
                held.setdefault((item.item_id, found.label), Held(mute_id=one.mute_id, item_id=item.item_id, label=found.label))
        items.append(replace(item, findings=tuple(kept)) if len(kept) < len(item.findings) else item)
    ours = set(held)
    recent = {series: tuple(one for one in found if (one.item_id, series[1]) not in ours) for series, found in state.recent.items()}
    return replace(state, items=tuple(items), recent=recent), tuple(held.values())


def holds_back(mute: Mute, item: FreshItem, found: Finding) -> bool:
    """Does this mute hold this finding back?"""
    if mute.brand is not None and mute.brand != item.brand:
        return False
    if mute.kind is MuteKind.RULE:
        return found.detector.partition("@")[0] == mute.value
    if mute.kind is MuteKind.LABEL:
        return fits_label(mute.value, found.label)
    return not is_safety(found.label) and _names(mute, item)


def is_muted(label: str, brand: str | None, mutes: Sequence[Mute]) -> bool:
    """Is what is said of a brand as a whole, and not of one post, muted by its label?"""
    return any(one.kind is MuteKind.LABEL and one.brand in {None, brand} and fits_label(one.value, label) for one in mutes)


def factor_of(brand: str | None, label: str, expected: Sequence[Expected]) -> float:
    """How many times as many people it takes for this label now: the highest factor of what is expected; 1 for safety."""
    if is_safety(label):
        return 1.0
    return max((one.factor for one in expected if one.brand in {None, brand}), default=1.0)


def raised(threshold: int, factor: float) -> int:
    """A threshold for the time of an expected event."""
    return ceil(threshold * factor)


def is_safety(label: str) -> bool:
    return any(label == one or label.startswith(f"{one}.") for one in SAFETY)


def check_mute(mute: Mute, now: datetime) -> None:
    """Raises Refused, saying what was expected."""
    _check_span(mute.starts_at, mute.ends_at, now, LONGEST_MUTE, "a mute")
    if not mute.reason.strip():
        raise Refused("a reason was expected: who comes after you wants to know why nothing rang")
    if mute.kind is MuteKind.LABEL and not re.fullmatch(r"[a-z_]+(\.[a-z_]+)*(\.\*)?", mute.value):
        raise Refused(f"a label such as complaint.delivery or complaint.* was expected, {mute.value!r} came; all at once cannot be muted")
    if mute.kind is MuteKind.TERM and len(fold(mute.value).strip()) < SHORTEST_TERM:
        raise Refused(f"a word of at least {SHORTEST_TERM} letters was expected, {mute.value!r} came")
    if not mute.value.strip():
        raise Refused(f"the {mute.kind} to be muted was expected")


def check_expected(one: Expected, now: datetime) -> None:
    """Raises Refused, saying what was expected."""
    _check_span(one.starts_at, one.ends_at, now, LONGEST_EVENT, "an expected event")
    if not one.name.strip():
        raise Refused("a name was expected, such as the campaign's")
    if not 1.0 < one.factor <= HIGHEST_FACTOR:
        raise Refused(f"a factor above 1 and up to {HIGHEST_FACTOR:g} was expected, {one.factor:g} came")


def _check_span(starts_at: datetime, ends_at: datetime, now: datetime, longest: timedelta, what: str) -> None:
    if ends_at <= max(starts_at, now):
        raise Refused(f"{what} wants an end in the future, after its start")
    if ends_at - starts_at > longest:
        raise Refused(f"{what} lasts at most {longest.days} days")


def _names(mute: Mute, item: FreshItem) -> bool:
    if mute.kind is MuteKind.SOURCE:
        return item.source_id == mute.value
    if mute.kind is MuteKind.AUTHOR:
        wanted = mute.value.removeprefix("@").casefold()
        return wanted in {name.removeprefix("@").casefold() for name in (item.author.handle, item.author.id, item.author_key) if name}
    return re.search(rf"(?<!\w){re.escape(fold(mute.value).strip())}(?!\w)", fold(item.text)) is not None
