"""Decides what a brand's signals come to: one crisis incident, a part of a story that is open already, or a note that pages nobody.

    signals + what people say ─▶ grounds ─▶ severity ─▶ opens, grows, returns │ joins the story that tells it │ a note │ is over

Source: docs/adr/0012-numbers-and-words.md, where the rules stand in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.easing import factor_of, is_muted
from alerts.gravity import BAD, CROWD, grounds_of, is_expected, severity_of
from alerts.policy import policy_of
from alerts.reasons import Why
from alerts.route import Place, Topic, joined_at, route
from alerts.story import is_of
from core.numbers import Ground, Numbers, height_of
from core.records import Grows, OpenIncident, Opens
from core.settings import Settings
from core.signals import LABEL, Eased, Live, Settled, Swell, Used, Verdict
from core.types import IncidentState, Severity

WEIGH_EVERY = timedelta(minutes=1)
"""While a signal lasts, words may come that make it grave."""
TOLD_AGAIN_AT = 2
"""So many times the posts that its history spoke of: that is news."""
MOST_HEIGHTS = 6
_CARRIERS = ("complaint", "crisis")


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A brand's signals that want a decision, and how grave they are together. Nothing bad has no severity."""

    swell: Swell
    live: tuple[Live, ...]
    severity: Severity | None
    numbers: Numbers
    settings: Settings
    now: datetime

    @property
    def place(self) -> Place:
        return Place(brand=self.swell.brand or None, at=self.now, zone=self.settings.zone())


def settle(swell: Swell, settings: Settings, now: datetime) -> Settled:
    """What becomes of a brand's signals. Pure; `now` is aware UTC. Every signal is answered for."""
    homes = {one.incident_id: one for one in swell.incidents if one.state is not IncidentState.RESOLVED}
    done, live = [], []
    for one in swell.live:
        if is_done(one, homes, settings, now):
            done.append(_used(one, _last_verdict(one, settings, now), None, now))
        else:
            live.append(one)
    if not live:
        return Settled(used=tuple(done))
    if all(_is_over(one) for one in live):
        ids = sorted({one.incident_id for one in live if one.incident_id is not None})
        return Settled(used=(*done, *(_used(one, one.verdict, one.incident_id, now) for one in live)), eased=_eased(ids, homes))
    settled = _settle(_weigh(swell, live, settings, now), homes)
    return Settled(used=(*done, *settled.used), opens=settled.opens, grows=settled.grows)


def is_done(live: Live, homes: dict[int, OpenIncident], settings: Settings, now: datetime) -> bool:
    """Nobody wants to hear of it: first looked at when it was old, belonging to what people have resolved, or a note that has ended."""
    if live.incident_id is not None:
        return live.incident_id not in homes
    return _is_old(live, settings, now) or _is_over(live)


def _is_old(live: Live, settings: Settings, now: datetime) -> bool:
    return live.verdict is Verdict.NONE and now - live.signal.opened_at > settings.alerting.alert_horizon


def _is_over(live: Live) -> bool:
    """It has ended, and was weighed before."""
    return live.signal.ended_at is not None and live.verdict is not Verdict.NONE


def _last_verdict(live: Live, settings: Settings, now: datetime) -> Verdict:
    return Verdict.OLD if live.incident_id is None and _is_old(live, settings, now) else live.verdict


def _weigh(swell: Swell, live: Sequence[Live], settings: Settings, now: datetime) -> _Weighed:
    lasting = [one.signal for one in live if not _is_over(one)]
    factor = factor_of(swell.brand or None, LABEL, swell.expected)
    grounds = grounds_of(swell.seen, lasting, swell.usual_negative, factor, settings.alerting)
    event = is_expected(lasting, swell.expected, swell.brand)
    highest = sorted(lasting, key=lambda one: (one.key.measure != "volume", one.key.measure == "reach", -one.seen))[:MOST_HEIGHTS]
    seen = swell.seen
    numbers = Numbers(
        heights=tuple(height_of(one) for one in highest),
        posts=seen.posts,
        negative=seen.negative,
        story=seen.story,
        complaining=seen.complaining,
        ours=seen.ours,
        reach=seen.reach,
        platforms=tuple(sorted(seen.platforms, key=lambda name: (-seen.platforms[name], name))),
        crisis=dict(seen.crisis_authors),
        grounds=grounds,
        event=event.name if event is not None else "",
    )
    severity = None if is_muted(LABEL, swell.brand or None, swell.mutes) else severity_of(grounds, seen)
    return _Weighed(swell, tuple(live), severity, numbers, settings, now)


def _settle(weighed: _Weighed, homes: dict[int, OpenIncident]) -> Settled:
    """One crisis for one brand: its incident while one is open, else the story that holds most of what is said, else a new one."""
    home = _home(weighed, homes)
    if home is not None:
        return Settled(used=_all_used(weighed, Verdict.INCIDENT, home.incident_id), grows=_grows(weighed, home))
    if weighed.severity is None:
        return Settled(used=_all_used(weighed, _note(weighed), None))
    before = max((one for one in weighed.swell.incidents if one.label == LABEL), key=lambda one: one.incident_id, default=None)
    if before is not None and _stays_irrelevant(before, weighed):
        return Settled(used=tuple(_used(one, Verdict.INCIDENT, before.incident_id, weighed.now, ends=True) for one in weighed.live))
    if before is not None and _returns(before, weighed):
        return Settled(used=_all_used(weighed, Verdict.INCIDENT, before.incident_id), grows=_grows(weighed, before))
    return Settled(used=_all_used(weighed, Verdict.INCIDENT, None, opens=True), opens=_opens(weighed, weighed.severity, before))


def _note(weighed: _Weighed) -> Verdict:
    """Why nobody is paged."""
    if not BAD.isdisjoint(weighed.numbers.grounds):
        return Verdict.MUTED
    return Verdict.EXPECTED if weighed.numbers.event else Verdict.VOLUME_ALONE


def _home(weighed: _Weighed, homes: dict[int, OpenIncident]) -> OpenIncident | None:
    joined = [one.incident_id for one in weighed.live if one.incident_id is not None]
    own = [one.incident_id for one in homes.values() if LABEL in {one.label, *(label for _, label in one.aliases)}]
    known = next((homes[incident_id] for incident_id in (*sorted(joined), *sorted(own)) if incident_id in homes), None)
    return known if known is not None or weighed.severity is None else _carrier(weighed, homes)


def _carrier(weighed: _Weighed, homes: dict[int, OpenIncident]) -> OpenIncident | None:
    """The open story that holds at least half of the posts that complain: the numbers are its numbers. In a crowd that is not bad itself,
    what a few tell of harm or of a crisis is their story, however small a part of it all."""
    seen = weighed.swell.seen
    holding = [one for one in homes.values() if is_of(one.label, _CARRIERS) and one.incident_id in seen.held]
    best = max(holding, key=lambda one: (one.severity, len(seen.held[one.incident_id]), -one.incident_id), default=None)
    if best is None or CROWD.isdisjoint(weighed.numbers.grounds):
        return best
    most = max(holding, key=lambda one: (len(seen.held[one.incident_id]), -one.incident_id))
    return most if 2 * len(seen.held[most.incident_id]) >= max(1, seen.complaining) else None


def _grows(weighed: _Weighed, home: OpenIncident) -> Grows | None:
    """Its history hears of a new signal, of a rise, of twice as many posts; of nothing else."""
    reopens = home.state is IncidentState.RESOLVED
    rises = weighed.severity is not None and weighed.severity > home.severity
    joins = any(one.incident_id is None for one in weighed.live)
    told = weighed.swell.told.get(home.incident_id)
    swells = told is None or weighed.numbers.posts >= TOLD_AGAIN_AT * max(1, told.posts)
    if not (reopens or rises or joins or swells):
        return None
    severity = weighed.severity if rises else None
    fresh = [one for one in weighed.swell.seen.telling if one not in weighed.swell.seen.held.get(home.incident_id, ())]
    return Grows(
        incident_id=home.incident_id,
        version=home.version,
        item_ids=tuple(fresh) if home.label == LABEL else (),
        reason=Why.RETURNED if reopens else Why.NUMBERS,
        severity=severity,
        participants=joined_at(weighed.place, LABEL, home.severity, severity, weighed.settings) if severity is not None else (),
        paging=weighed.severity is not None and not home.paging,
        reopens=reopens,
        numbers=weighed.numbers,
    )


def _opens(weighed: _Weighed, severity: Severity, before: OpenIncident | None) -> Opens:
    routed = route(weighed.place, [Topic(LABEL, severity)], weighed.settings)
    return Opens(
        dedup_key=f"{weighed.swell.brand or '-'}:crisis:{LABEL}",
        brand=weighed.swell.brand or None,
        label=LABEL,
        title="",
        severity=severity,
        owner=routed.owner,
        participants=routed.participants,
        item_ids=weighed.swell.seen.telling,
        policy=policy_of(routed.owner, weighed.settings),
        paging=True,
        reason=Why.NUMBERS,
        follows=before.incident_id if before is not None else None,
        numbers=weighed.numbers,
    )


def _returns(before: OpenIncident, weighed: _Weighed) -> bool:
    """It comes back inside the flap window; what people called irrelevant does not, what is graver than that is another incident."""
    at = before.resolved_at
    return at is not None and before.irrelevant_until is None and weighed.now - at <= weighed.settings.alerting.flap_window


def _stays_irrelevant(before: OpenIncident, weighed: _Weighed) -> bool:
    """People said that it is nothing; unless it is graver now, or people tell of harm, that holds for its time."""
    until, severity = before.irrelevant_until, weighed.severity
    is_graver = severity is not None and severity > before.severity
    return until is not None and until > weighed.now and not is_graver and Ground.CRISIS not in weighed.numbers.grounds


def _eased(incident_ids: Sequence[int], homes: dict[int, OpenIncident]) -> tuple[Eased, ...]:
    """Its numbers are usual again. A crisis in numbers that somebody took is over; what nobody answered goes on asking."""
    eased = []
    for one in (homes[incident_id] for incident_id in incident_ids):
        taken = one.state is IncidentState.ACKNOWLEDGED or not one.paging
        eased.append(Eased(incident_id=one.incident_id, version=one.version, resolves=taken and one.label == LABEL))
    return tuple(eased)


def _all_used(weighed: _Weighed, verdict: Verdict, incident_id: int | None, *, opens: bool = False) -> tuple[Used, ...]:
    return tuple(
        _used(one, verdict, incident_id, weighed.now, lasts=opens or verdict is Verdict.INCIDENT, opens=opens, numbers=weighed.numbers)
        for one in weighed.live
    )


def _used(
    live: Live,
    verdict: Verdict,
    incident_id: int | None,
    now: datetime,
    *,
    ends: bool = False,
    lasts: bool = False,
    opens: bool = False,
    numbers: Numbers | None = None,
) -> Used:
    """One signal answered for. It is weighed again while it lasts, and once more after its end where an incident waits for that."""
    is_live = numbers is not None and not ends and (lasts or live.signal.ended_at is None)
    return Used(
        signal_id=live.signal_id,
        was_at=live.weigh_at,
        again_at=now + WEIGH_EVERY if is_live else None,
        verdict=verdict,
        incident_id=incident_id if incident_id is not None or opens else live.incident_id,
        opens=opens,
        numbers=numbers,
    )
