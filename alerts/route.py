"""Who answers: the first route that fits the most severe finding names the owner, other owners concerned take part."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.hours import readable
from alerts.weigh import severity_of
from core.records import FreshItem
from core.settings import Route, Settings
from core.text import fold
from core.types import Scope, Severity

UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Topic:
    """One label to be routed, with the severity that it has by now."""

    label: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said: what routes can ask for beside label and severity. What is unknown fits only routes that do not ask.

    `accounts` are the handles and ids of who wrote it and of whose post it answers, in small letters; `words` its folded text; `at`
    when it came in (aware UTC).
    """

    brand: str | None = None
    platform: str | None = None
    source: str | None = None
    language: str | None = None
    scope: Scope | None = None
    source_owner: str | None = None
    accounts: frozenset[str] = frozenset()
    words: str = ""
    at: datetime | None = None
    zone: ZoneInfo = UTC_ZONE


@dataclass(frozen=True, slots=True)
class Routed:
    """Who owns it, who takes part, and why: one line for each topic."""

    owner: str
    participants: tuple[str, ...]
    why: tuple[str, ...]


def place_of(item: FreshItem, settings: Settings) -> Place:
    """Where an item was said."""
    source = next((one for one in settings.source if one.id == item.source_id), None)
    owner = source.owner if source is not None and source.owner else item.source_owner
    return Place(
        brand=item.brand,
        platform=item.platform,
        source=item.source_id,
        language=item.lang,
        scope=item.scope,
        source_owner=owner,
        accounts=_accounts(item),
        words=fold(item.text),
        at=item.collected_at,
        zone=settings.zone(),
    )


def route(place: Place, topics: Sequence[Topic], settings: Settings) -> Routed:
    """Who answers for these topics. Unrouted topics go to the source's owner, else to the fallback owner."""
    ranked = sorted(topics, key=lambda topic: -topic.severity.rank) or [Topic("", Severity.INFO)]
    owners: list[str] = []
    invited: list[str] = []
    why = []
    for topic in ranked:
        number = next((n for n, one in enumerate(settings.route) if misfit(one, place, topic) is None), None)
        chosen = settings.route[number] if number is not None else None
        owners.append(chosen.owner if chosen else unrouted(place, settings))
        invited += chosen.participants if chosen else ()
        why.append(_because(topic, owners[-1], number, place))
    return Routed(owners[0], _others(owners[0], [*owners, *invited]), tuple(why))


def joined_at(place: Place, label: str, old: Severity, new: Severity, settings: Settings) -> tuple[str, ...]:
    """The owners and participants of the routes that fit at `new` severity and did not at `old`."""
    fitting = [
        one for one in settings.route if misfit(one, place, Topic(label, new)) is None and misfit(one, place, Topic(label, old)) is not None
    ]
    return tuple(dict.fromkeys(owner for one in fitting for owner in (one.owner, *one.participants)))


def explain(item: FreshItem, settings: Settings) -> list[str]:
    """For `czujka route explain`: which route won for each finding, and why the ones before it did not fit."""
    place = place_of(item, settings)
    topics = sorted({(found.label, severity_of(found, item)) for found in item.findings}, key=lambda one: (-one[1].rank, one[0]))
    lines: list[str] = []
    for topic in [Topic(*one) for one in topics] or [Topic("", Severity.INFO)]:
        lines.append(f"{topic.label or 'no finding'} [{topic.severity}]")
        lines += _trace(topic, place, settings)
    routed = route(place, [Topic(*one) for one in topics], settings)
    return [*lines, f"owner: {routed.owner}", f"participants: {', '.join(routed.participants) or 'none'}"]


def misfit(one: Route, place: Place, topic: Topic) -> str | None:
    """Why a route does not fit, None when it does."""
    asked = (
        ("brand", one.brand, place.brand),
        ("platform", one.platform, place.platform),
        ("source", one.source, place.source),
        ("language", one.language, place.language),
        ("scope", one.scope, place.scope),
    )
    if not fits_label(one.label, topic.label):
        return f"it is for {one.label}"
    if topic.severity < one.min_severity:
        return f"it wants severity {one.min_severity} or more"
    unlike = next(
        (f"it wants {what} {wanted}, this is {had or 'unknown'}" for what, wanted, had in asked if wanted and wanted != had), None
    )
    return unlike or _misfit_in_words(one, place) or _misfit_in_time(one, place)


def _misfit_in_words(one: Route, place: Place) -> str | None:
    if one.account is not None and _account(one.account) not in place.accounts:
        return f"it wants the account {one.account}, this is {', '.join(sorted(place.accounts)) or 'unknown'}"
    if one.topic and not any(re.search(rf"(?<!\w){re.escape(fold(word).strip())}(?!\w)", place.words) for word in one.topic):
        return f"it wants one of the words {', '.join(one.topic)}, none is there"
    return None


def _misfit_in_time(one: Route, place: Place) -> str | None:
    """Hours that cannot be read keep no route from holding: the check of the configuration names them."""
    hours = readable(one.hours)
    if hours is None or place.at is None or hours.span_at(place.at, place.zone) is not None:
        return None
    return f"it holds {one.hours}, this came in at {place.at.astimezone(place.zone):%a %H:%M}".lower()


def _accounts(item: FreshItem) -> frozenset[str]:
    parent = (item.answers_key or "").partition(":")[2]
    return frozenset(_account(name) for name in (item.author.handle, item.author.id, parent) if name)


def _account(name: str) -> str:
    return name.removeprefix("@").casefold()


def fits_label(pattern: str, label: str) -> bool:
    """`*` fits all, `leak.*` a family with all below it, `leak.pii` itself and its kinds."""
    if pattern == "*":
        return True
    stem = pattern.removesuffix(".*")
    return label == stem or label.startswith(f"{stem}.")


def unrouted(place: Place, settings: Settings) -> str:
    """Who answers for what no route takes; without any configuration the first owner, else nobody by name."""
    first = settings.owner[0].id if settings.owner else "nobody"
    return place.source_owner or settings.company.fallback or first


def _others(owner: str, concerned: Iterable[str]) -> tuple[str, ...]:
    return tuple(one for one in dict.fromkeys(concerned) if one != owner)


def _because(topic: Topic, owner: str, number: int | None, place: Place) -> str:
    what = f"{topic.label or 'no finding'} [{topic.severity}] → {owner}"
    if number is not None:
        return f"{what}: route {number + 1}"
    return f"{what}: no route fits, {'the source’s owner' if place.source_owner else 'the fallback owner'}"


def _trace(topic: Topic, place: Place, settings: Settings) -> list[str]:
    lines: list[str] = []
    for number, one in enumerate(settings.route, start=1):
        why_not = misfit(one, place, topic)
        if why_not is None:
            return [*lines, f"  route {number} ({one.label} → {one.owner}) wins"]
        lines.append(f"  route {number} ({one.label} → {one.owner}) does not fit: {why_not}")
    whose = "its source" if place.source_owner else "the fallback"
    return [*lines, f"  no route fits: {unrouted(place, settings)} answers, the owner of {whose}"]
