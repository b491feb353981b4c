"""Whether one of our accounts posts as it never did: another program, another hour, another language, an unknown link, a burst.

One thing may be new on any day. Two, of which one is the program or the link, are worth a look; three are a stranger at the keyboard.
Nothing eases it: no expected event, and no mute but one that names the label or the very detector. What people called ours is a
habit at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from core.habits import LABEL, SCORE, Posted, Ways, detector_of
from core.records import AssessState, FreshItem
from core.settings import Settings
from core.types import Finding, Severity

KNOWN_BY = 20
"""Posts from which on an account has a habit; before that nothing is unusual."""
RARE = 0.02
"""What at most this part of its posts did is no habit."""
NEAR_H = 1
"""A post an hour earlier or later is at a usual hour."""
BURST, BURST_IN, BURST_TIMES = 5, timedelta(minutes=10), 2

BECAUSE: Mapping[str, Mapping[str, str]] = {
    "account.habits.client@1": {
        "pl": "Wpis wysłano programem, którego to konto dotąd nie używało.",
        "en": "It was sent by a program that this account never used.",
    },
    "account.habits.hour@1": {
        "pl": "O tej porze to konto nie publikuje.",
        "en": "This account does not post at this hour.",
    },
    "account.habits.language@1": {
        "pl": "To konto nie pisze w tym języku.",
        "en": "This account does not write in this language.",
    },
    "account.habits.link@1": {
        "pl": "Prowadzi pod adres, do którego to konto nigdy nie linkowało.",
        "en": "It links to where this account never linked.",
    },
    "account.habits.burst@1": {
        "pl": "Konto publikuje znacznie szybciej niż kiedykolwiek.",
        "en": "The account posts far faster than it ever did.",
    },
}
_LEADS = frozenset({"client", "link"})


def with_takeovers(state: AssessState, settings: Settings) -> tuple[AssessState, tuple[tuple[int, Finding], ...]]:
    """The state with what an account's own habits say of its fresh posts, and those findings by item."""
    found: list[tuple[int, Finding]] = []
    items = []
    for item in state.items:
        mine = takeover(item, state.ways.get(item.item_id), settings)
        found += [(item.item_id, one) for one in mine]
        items.append(replace(item, findings=(*item.findings, *mine)) if mine else item)
    return (replace(state, items=tuple(items)), tuple(found)) if found else (state, ())


def takeover(item: FreshItem, ways: Ways | None, settings: Settings) -> tuple[Finding, ...]:
    """One finding for each thing that is new, when together they are too many. Old posts say nothing."""
    if ways is None or not item.may_page:
        return ()
    domains = [domain.casefold() for brand in settings.brand for domain in brand.domains]
    odd = oddities(ways, settings.zone(), domains)
    heard = [one for one in odd if one not in ways.ruled_out]
    if len(heard) < 2 or _LEADS.isdisjoint(heard):
        return ()
    severity = Severity.CRITICAL if len(heard) > 2 else Severity.HIGH
    return tuple(
        Finding(label=LABEL, score=SCORE, severity=severity, detector=detector_of(one), start=None, end=None, reported=one in heard)
        for one in odd
    )


def oddities(ways: Ways, zone: ZoneInfo, domains: Sequence[str] = ()) -> tuple[str, ...]:
    """What this account never did, or hardly ever: client, hour, language, link, burst. `domains` are the company's own."""
    post, before = ways.post, ways.before
    if len(before) < KNOWN_BY:
        return ()
    hour = _hour(post, zone)
    found = {
        "client": bool(post.client) and _is_rare(ways, lambda one: bool(one.client), lambda one: one.client == post.client),
        "hour": _is_rare(ways, lambda _: True, lambda one: _apart(_hour(one, zone), hour) <= NEAR_H),
        "language": bool(post.lang) and _is_rare(ways, lambda one: bool(one.lang), lambda one: one.lang == post.lang),
        "link": any(not _is_ours(host, domains) and not any(host in one.hosts for one in (*before, *ways.vouched)) for host in post.hosts),
        "burst": _is_burst(post, before),
    }
    return tuple(name for name, holds in found.items() if holds)


def _is_rare(ways: Ways, says: Callable[[Posted], bool], same: Callable[[Posted], bool]) -> bool:
    """Of the posts that say anything about it, hardly any was so, and none that people called ours; too few say nothing."""
    told = [one for one in ways.before if says(one)]
    return not any(same(one) for one in ways.vouched) and len(told) >= KNOWN_BY and sum(same(one) for one in told) <= RARE * len(told)


def _is_burst(post: Posted, before: Sequence[Posted]) -> bool:
    """So many posts in ten minutes, and twice as many as ever before."""
    times = sorted(one.at for one in before)
    now = sum(post.at - BURST_IN <= at <= post.at for at in times) + 1
    if now < BURST:
        return False
    past = [at for at in times if at < post.at - BURST_IN]
    most = max((sum(at - BURST_IN <= other <= at for other in past) for at in past), default=0)
    return now >= BURST_TIMES * max(1, most)


def _hour(post: Posted, zone: ZoneInfo) -> int:
    return post.at.astimezone(zone).hour


def _apart(one: int, other: int) -> int:
    """Hours between two hours of the clock."""
    return min((one - other) % 24, (other - one) % 24)


def _is_ours(host: str, domains: Sequence[str]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)
