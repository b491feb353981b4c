"""What is weighed when a series stands out, and what came of it: live signals, what the public said, the incidents they belong to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.errors import Conflict, NotFound
from core.failpoint import reach
from core.numbers import KEY, Numbers, numbers_from
from core.records import OpenIncident
from core.series import BUCKET, SeriesKey
from core.settings import Alerting
from core.signals import NOTES, Eased, Live, Noted, Settled, Swell, Used, Verdict
from storage.assessing import grow_incident, incident_record, merged_query, open_incident, open_incidents_query
from storage.database import Database
from storage.easing import easing_at
from storage.schema import incident, incident_event, incident_participant
from storage.schema_series import signal
from storage.seen import seen_since
from storage.series import counted_query, signal_of
from storage.updates import bring_up_to_date

LONGEST_LOOK = timedelta(hours=24)
BASELINE = timedelta(days=7)


@dataclass(frozen=True)
class Signals:
    """Questions about signals."""

    database: Database

    def swells(self, sources: Mapping[str, Collection[str]], now: datetime, alerting: Alerting) -> list[Swell]:
        """The brands of which a signal wants to be weighed; `sources` are the ids of each brand's sources."""
        with self.database.read() as connection:
            brands = connection.execute(due_query(now)).scalars().all()
            return [_swell(connection, brand, sources.get(brand, ()), now, alerting) for brand in sorted(brands)]

    def notes(self, since: datetime, brand: str | None = None) -> list[Noted]:
        """What stood out since then and pages nobody, with why not, the newest first."""
        query = sa.select(signal).where(signal.c.opened_at >= since, signal.c.verdict.in_([one.value for one in NOTES]))
        query = query.where(signal.c.brand == brand) if brand is not None else query
        return self._noted(query.order_by(signal.c.opened_at.desc(), signal.c.id.desc()))

    def since(self, since: datetime, brand: str | None = None, limit: int = 200) -> list[Noted]:
        """Every signal that opened since then, with what it came to, the newest first."""
        query = sa.select(signal).where(signal.c.opened_at >= since)
        query = query.where(signal.c.brand == brand) if brand is not None else query
        return self._noted(query.order_by(signal.c.opened_at.desc(), signal.c.id.desc()).limit(limit))

    def page(self, before: int | None, limit: int, brands: Collection[str] | None, *, lasting: bool = False) -> list[Noted]:
        """Signals below this number, the newest first, of these brands (None: all); with `lasting` those that have not ended."""
        return self._noted(page_query(before, limit, brands, lasting=lasting))

    def get(self, signal_id: int) -> Noted:
        """One. Raises NotFound."""
        found = self._noted(sa.select(signal).where(signal.c.id == signal_id))
        if not found:
            raise NotFound(f"there is no signal {signal_id}")
        return found[0]

    def of_incident(self, incident_id: int) -> list[Noted]:
        """The signals that an incident was made of, in their order."""
        return self._noted(of_incident_query(incident_id))

    def _noted(self, query: sa.Select[Any]) -> list[Noted]:
        with self.database.read() as connection:
            return [_noted(row) for row in connection.execute(query)]

    def apply(self, settled: Settled, now: datetime) -> int | None:
        """Write what a brand's signals came to, in one transaction; answers the incident that opened. Raises Conflict when another process
        was faster or somebody changed the incident: decide again."""
        with self.database.write() as connection:
            self._claim(connection, settled.used)
            reach("signals.claimed")
            opened = self._open(connection, settled, now)
            if settled.grows is not None:
                grow_incident(self.database, connection, settled.grows, now)
            for eased in settled.eased:
                self._ease(connection, eased, now)
            for one in settled.used:
                connection.execute(sa.update(signal).where(signal.c.id == one.signal_id).values(_used(one, opened)))
            reach("signals.written")
        reach("signals.committed")
        return opened

    def _claim(self, connection: sa.Connection, used: Sequence[Used]) -> None:
        """Each turn of a signal belongs to one process."""
        for one in used:
            mine = sa.and_(signal.c.id == one.signal_id, signal.c.weigh_at == one.was_at)
            if connection.execute(sa.update(signal).where(mine).values(weigh_at=one.again_at)).rowcount != 1:
                raise Conflict("another process weighed this signal")

    def _open(self, connection: sa.Connection, settled: Settled, now: datetime) -> int | None:
        if settled.opens is None:
            return None
        try:
            return open_incident(self.database, connection, settled.opens, now)
        except sa.exc.IntegrityError as error:
            raise Conflict("somebody opened the same incident first") from error

    def _ease(self, connection: sa.Connection, eased: Eased, now: datetime) -> None:
        current = sa.and_(incident.c.id == eased.incident_id, incident.c.version == eased.version)
        change: dict[str, Any] = {"version": incident.c.version + 1}
        if eased.resolves:
            change |= {"state": "resolved", "resolved_at": now, "next_step_at": None, "ack_expires_at": None, "snoozed_until": None}
        if not connection.execute(sa.update(incident).where(current).values(change)).rowcount:
            raise Conflict(f"incident {eased.incident_id} was changed meanwhile")
        kind = "resolved" if eased.resolves else "eased"
        row = {"incident_id": eased.incident_id, "at": now, "actor": "czujka", "kind": kind, "reason": "numbers_usual", "detail": {}}
        connection.execute(sa.insert(incident_event).values(row))
        if eased.resolves:
            bring_up_to_date(self.database, connection, eased.incident_id, now)


def due_query(now: datetime) -> sa.Select[Any]:
    """Of which brands does a signal want to be weighed?"""
    return sa.select(signal.c.brand).distinct().where(signal.c.weigh_at.is_not(None), signal.c.weigh_at <= now)


def page_query(before: int | None, limit: int, brands: Collection[str] | None, *, lasting: bool = False) -> sa.Select[Any]:
    """What stood out, by number?"""
    query = sa.select(signal).order_by(signal.c.id.desc()).limit(limit)
    query = query.where(signal.c.id < before) if before is not None else query
    query = query.where(signal.c.brand.in_(brands)) if brands is not None else query
    return query.where(signal.c.ended_at.is_(None)) if lasting else query


def live_query(brand: str) -> sa.Select[Any]:
    """Which signals of a brand are not done with, and where does each belong by now?"""
    home = sa.select(sa.func.coalesce(incident.c.merged_into, incident.c.id)).where(incident.c.id == signal.c.incident_id)
    live = sa.and_(signal.c.weigh_at.is_not(None), signal.c.brand == brand)
    return sa.select(signal, home.scalar_subquery().label("home")).where(live).order_by(signal.c.opened_at, signal.c.id)


def _swell(connection: sa.Connection, brand: str, source_ids: Collection[str], now: datetime, alerting: Alerting) -> Swell:
    live = tuple(_live(row) for row in connection.execute(live_query(brand)))
    incidents = _incidents(connection, brand, now, alerting)
    open_ids = [one.incident_id for one in incidents if one.resolved_at is None]
    since = _since([one for one in live if one.signal.ended_at is None] or live, now)
    return Swell(
        brand=brand,
        live=live,
        seen=seen_since(connection, brand, source_ids, since, now, open_ids),
        incidents=incidents,
        usual_negative=_usual_negative(connection, brand, source_ids, since),
        told=_told(connection, {one.incident_id for one in incidents}),
        **easing_at(connection, now),
    )


def _since(live: Iterable[Live], now: datetime) -> datetime:
    """Where the narrowest window of a signal began: there it stands out most."""
    begins = (one.signal.opened_at + BUCKET - timedelta(minutes=one.signal.window_min) for one in live)
    return max(now - LONGEST_LOOK, *begins)


def _usual_negative(connection: sa.Connection, brand: str, source_ids: Collection[str], until: datetime) -> float | None:
    """What part of a week's posts is negative? From roll-ups alone."""
    posts, negative = (_counted(connection, brand, source_ids, measure, until) for measure in ("volume", "negative"))
    return negative / posts if posts else None


def _counted(connection: sa.Connection, brand: str, source_ids: Collection[str], measure: str, until: datetime) -> int:
    counted = counted_query(SeriesKey(brand, "", measure), source_ids, until - BASELINE, until).subquery()
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.sum(counted.c.value), 0))).scalar_one())


def _incidents(connection: sa.Connection, brand: str, now: datetime, alerting: Alerting) -> tuple[OpenIncident, ...]:
    """The brand's incidents that are not over, or ended so lately that they may return."""
    rows = [row for row in connection.execute(open_incidents_query(now - alerting.flap_window, now)) if (row.brand or "") == brand]
    ids = [row.id for row in rows]
    parts: defaultdict[int, list[str]] = defaultdict(list)
    aliases: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    if ids:
        for row in connection.execute(sa.select(incident_participant).where(incident_participant.c.incident_id.in_(ids))):
            parts[row.incident_id].append(row.owner)
        for row in connection.execute(merged_query(ids)):
            aliases[row.merged_into].append((row.dedup_key, row.label))
    return tuple(incident_record(row, tuple(sorted(parts[row.id])), frozenset(), tuple(aliases[row.id])) for row in rows)


def _told(connection: sa.Connection, incident_ids: Collection[int]) -> dict[int, Numbers]:
    """What the history of each said of numbers last."""
    kinds = incident_event.c.kind.in_(("opened", "signal"))
    query = sa.select(incident_event.c.incident_id, incident_event.c.detail).where(incident_event.c.incident_id.in_(incident_ids), kinds)
    found = {}
    for row in connection.execute(query.order_by(incident_event.c.id)) if incident_ids else ():
        if row.detail.get(KEY):
            found[row.incident_id] = numbers_from(row.detail[KEY])
    return found


def _live(row: sa.Row[Any]) -> Live:
    return Live(signal_id=row.id, signal=signal_of(row), weigh_at=row.weigh_at, verdict=Verdict(row.verdict), incident_id=row.home)


def _noted(row: sa.Row[Any]) -> Noted:
    return Noted(
        signal_id=row.id,
        signal=signal_of(row),
        verdict=Verdict(row.verdict),
        incident_id=row.incident_id,
        numbers=numbers_from(row.numbers) if row.numbers else None,
    )


def _used(one: Used, opened: int | None) -> dict[str, Any]:
    told = {"numbers": one.numbers.document()} if one.numbers is not None else {}
    return {"verdict": one.verdict.value, "incident_id": opened if one.opens else one.incident_id} | told


def of_incident_query(incident_id: int) -> sa.Select[Any]:
    """Which signals belong to an incident?"""
    return sa.select(signal).where(signal.c.incident_id == incident_id).order_by(signal.c.opened_at, signal.c.id)
