"""What assess needs and leaves: fresh items with their findings, open incidents and conversations; what was decided on them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from core.errors import Conflict, NotFound
from core.failpoint import reach
from core.numbers import KEY, Numbers
from core.records import Assessed, AssessState, FreshItem, Grows, OpenConversation, Opens, Recent
from core.records import OpenIncident as OpenIncidentRecord
from core.settings import Alerting
from core.types import Author, ConversationState, Feeling, IncidentState, ItemKind, Scope, Severity, Voice
from storage.conversing import converse
from storage.database import Database
from storage.duties import owe
from storage.easing import easing_at, held_query, hold
from storage.evidence import feeling_of, findings_of
from storage.habits import ways_of, write_found
from storage.likening import guard, shown_taken, tellers_of, texts_query
from storage.rulings import calm, holding_when_writing
from storage.schema import (
    CLOSED,
    RESOLVED,
    conversation,
    finding,
    incident,
    incident_event,
    incident_item,
    incident_participant,
    item,
    story_signature,
)
from storage.updates import bring_up_to_date, shown

NO_FEELING = Feeling(label="neutral", negative=0.0, neutral=1.0, positive=0.0)


class Assessing:
    """Questions of the assess stage."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def backlog(self) -> int:
        """How many items wait to be assessed?"""
        with self._database.read() as connection:
            todo = sa.and_(item.c.assessed_at.is_(None), item.c.classified_by.is_not(None))
            return connection.execute(sa.select(sa.func.count()).select_from(item).where(todo)).scalar_one()

    def load(self, limit: int, now: datetime, alerting: Alerting) -> AssessState:
        """All that assess decides on: the oldest fresh items and what they may touch."""
        with self._database.read() as connection:
            items = _fresh(connection, fresh_query(limit))
            if not items:
                return AssessState(items=(), incidents=(), conversations={}, recent={})
            return AssessState(
                items=items,
                incidents=_open_incidents(connection, items, now - max(alerting.flap_window, alerting.volume_window), now),
                conversations=_open_conversations(connection, items),
                recent=_recent(connection, items, now - alerting.volume_window),
                ways=ways_of(connection, items),
                **easing_at(connection, now),
            )

    def one(self, item_id: int) -> FreshItem:
        """One item as assess sees it. Raises NotFound."""
        with self._database.read() as connection:
            found = _fresh(connection, _joined().where(item.c.id == item_id))
        if not found:
            raise NotFound(f"there is no item {item_id}")
        return found[0]

    def texts(self, item_ids: Collection[int]) -> Mapping[int, str]:
        """What these posts say, where they still stand: an incident's history shows by which words they were taken together."""
        with self._database.read() as connection:
            return {row.id: row.text for row in connection.execute(texts_query(item_ids))} if item_ids else {}

    def apply(self, assessed: Assessed, now: datetime) -> list[int]:
        """Write what was decided, in one transaction; answers the ids of incidents opened. Raises Conflict: decide again."""
        if not assessed.item_ids:
            return []
        with self._database.write() as connection:
            rulings = holding_when_writing(self._database, connection)
            guard(self._database, connection, assessed)
            self._claim(connection, assessed.item_ids, now)
            reach("assess.claimed")
            write_found(self._database, connection, assessed.found, now)
            try:
                opened = [open_incident(self._database, connection, decision, now) for decision in assessed.opens]
            except sa.exc.IntegrityError as error:
                raise Conflict("somebody opened the same incident first") from error
            reach("assess.opened")
            for grows in assessed.grows:
                grow_incident(self._database, connection, grows, now)
            calm(connection, rulings, now, "czujka", among=[*opened, *(grows.incident_id for grows in assessed.grows)])
            for converses in assessed.converses:
                converse(self._database, connection, converses, now)
            hold(self._database, connection, assessed.held)
            reach("assess.conversed")
        reach("assess.committed")
        return opened

    def _claim(self, connection: sa.Connection, item_ids: Sequence[int], now: datetime) -> None:
        fresh = sa.and_(item.c.id.in_(item_ids), item.c.assessed_at.is_(None), item.c.classified_by.is_not(None))
        if connection.execute(sa.update(item).where(fresh).values(assessed_at=now)).rowcount != len(item_ids):
            raise Conflict("some of these items were assessed, edited or deleted meanwhile")


def _joined() -> sa.Select[Any]:
    """Items with who wrote what they answer."""
    parent = aliased(item)
    joined = sa.and_(parent.c.platform == item.c.platform, parent.c.external_id == item.c.parent_id)
    columns = (item, parent.c.voice.label("parent_voice"), parent.c.author_key.label("parent_key"))
    return sa.select(*columns).outerjoin(parent, joined)


def fresh_query(limit: int) -> sa.Select[Any]:
    """Which items have been read and not assessed?"""
    todo = sa.and_(item.c.assessed_at.is_(None), item.c.classified_by.is_not(None))
    return _joined().where(todo).order_by(item.c.id).limit(limit)


def _fresh(connection: sa.Connection, query: sa.Select[Any]) -> tuple[FreshItem, ...]:
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    found = findings_of(connection, ids)
    bands: defaultdict[int, list[int]] = defaultdict(list)
    for row in connection.execute(sa.select(story_signature).where(story_signature.c.item_id.in_(list(found)))):
        bands[row.item_id].append(row.band)
    return tuple(
        FreshItem(
            item_id=row.id,
            source_id=row.source_id,
            platform=row.platform,
            external_id=row.external_id,
            brand=row.brand,
            scope=Scope(row.scope),
            voice=Voice(row.voice),
            kind=ItemKind(row.kind),
            lang=row.lang,
            text=row.text,
            url=row.url,
            author=Author(id=row.author_id, name=row.author_name, handle=row.author_handle, followers=row.followers),
            created_at=row.created_at,
            collected_at=row.collected_at,
            may_page=row.may_page,
            feeling=feeling_of(row) or NO_FEELING,
            findings=found[row.id],
            bands=tuple(sorted(bands[row.id])),
            parent_id=row.parent_id,
            thread_id=row.thread_id,
            parent_voice=Voice(row.parent_voice) if row.parent_voice else None,
            answers_key=row.parent_key,
        )
        for row in rows
    )


def open_incidents_query(since: datetime, now: datetime) -> sa.Select[Any]:
    """Which incidents are not resolved, or were resolved since then, or are irrelevant still? Merged ones live on in another."""
    unresolved = sa.select(incident).where(incident.c.state.in_(("open", "acknowledged")))
    own = sa.and_(incident.c.state == RESOLVED, incident.c.merged_into.is_(None))
    flapping = sa.select(incident).where(own, incident.c.resolved_at > since)
    irrelevant = sa.select(incident).where(own, incident.c.irrelevant_until > now, incident.c.resolved_at <= since)
    return sa.union_all(unresolved, flapping, irrelevant)  # type: ignore[return-value]


def merged_query(incident_ids: Sequence[int]) -> sa.Select[Any]:
    """Which stories were merged into these incidents?"""
    columns = sa.select(incident.c.merged_into, incident.c.dedup_key, incident.c.label)
    return columns.where(incident.c.merged_into.is_not(None), incident.c.merged_into.in_(incident_ids))


def _open_incidents(
    connection: sa.Connection, items: Sequence[FreshItem], since: datetime, now: datetime
) -> tuple[OpenIncidentRecord, ...]:
    rows = connection.execute(open_incidents_query(since, now)).all()
    ids = [row.id for row in rows]
    shared: defaultdict[int, set[int]] = defaultdict(set)
    wanted = {band for fresh in items for band in fresh.bands}
    if ids and wanted:
        for row in connection.execute(shared_bands_query(sorted(wanted), ids)):
            shared[row.incident_id].add(row.band)
    parts: defaultdict[int, list[str]] = defaultdict(list)
    for row in connection.execute(sa.select(incident_participant).where(incident_participant.c.incident_id.in_(ids))):
        parts[row.incident_id].append(row.owner)
    aliases: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in connection.execute(merged_query(ids)) if ids else ():
        aliases[row.merged_into].append((row.dedup_key, row.label))
    tellers = tellers_of(connection, [(row.id, row.brand, row.label) for row in rows if row.state != RESOLVED], items)
    found = (incident_record(row, tuple(sorted(parts[row.id])), frozenset(shared[row.id]), tuple(aliases[row.id])) for row in rows)
    return tuple(replace(one, tellers=tellers.get(one.incident_id, ())) for one in found)


def shared_bands_query(bands: Sequence[int], incident_ids: Sequence[int]) -> sa.Select[Any]:
    """Which of these incidents hold items that read like the fresh ones?"""
    joined = incident_item.c.item_id == story_signature.c.item_id
    columns = sa.select(incident_item.c.incident_id, story_signature.c.band).distinct().join(story_signature, joined)
    return columns.where(story_signature.c.band.in_(bands), incident_item.c.incident_id.in_(incident_ids))


def incident_record(
    row: sa.Row[Any], participants: tuple[str, ...], bands: frozenset[int], aliases: tuple[tuple[str, str], ...]
) -> OpenIncidentRecord:
    """An incident as deciders see it."""
    return OpenIncidentRecord(
        incident_id=row.id,
        dedup_key=row.dedup_key,
        brand=row.brand,
        label=row.label,
        severity=Severity(row.severity),
        state=IncidentState(row.state),
        owner=row.owner,
        participants=participants,
        opened_at=row.opened_at,
        last_item_at=row.last_item_at,
        resolved_at=row.resolved_at,
        items=row.items,
        authors=row.authors,
        paging=row.paging,
        version=row.version,
        bands=bands,
        aliases=aliases,
        irrelevant_until=row.irrelevant_until,
    )


def _open_conversations(connection: sa.Connection, items: Sequence[FreshItem]) -> dict[str, OpenConversation]:
    keys = {fresh.conversation_key for fresh in items} | {fresh.answers_key for fresh in items if fresh.answers_key}
    query = sa.select(conversation).where(conversation.c.key.in_(keys), conversation.c.state != CLOSED)
    return {
        row.key: OpenConversation(
            conversation_id=row.id,
            key=row.key,
            state=ConversationState(row.state),
            owner=row.owner,
            opened_at=row.opened_at,
            due_at=row.due_at,
            version=row.version,
            last_answer_at=row.last_answer_at,
        )
        for row in connection.execute(query)
    }


def recent_query(labels: Sequence[str], since: datetime) -> sa.Select[Any]:
    """Who else said such things lately?"""
    present = sa.and_(item.c.id == finding.c.item_id, item.c.revision == finding.c.revision)
    columns = (finding.c.label, item.c.brand, item.c.id, item.c.author_key, item.c.created_at, item.c.may_page)
    query = sa.select(*columns).distinct().join(item, present)
    counts = sa.and_(finding.c.label.in_(labels), finding.c.said_at > since, finding.c.reported, ~held_query())
    return query.where(counts).order_by(item.c.created_at, item.c.id)


def _recent(connection: sa.Connection, items: Sequence[FreshItem], since: datetime) -> dict[tuple[str | None, str], tuple[Recent, ...]]:
    labels = sorted({found.label for fresh in items for found in fresh.findings})
    since = min([since, *(fresh.created_at - (fresh.collected_at - since) for fresh in items if fresh.created_at < since)])
    gathered: defaultdict[tuple[str | None, str], list[Recent]] = defaultdict(list)
    for row in connection.execute(recent_query(labels, since)) if labels else ():
        one = Recent(item_id=row.id, author_key=row.author_key, created_at=row.created_at, may_page=row.may_page)
        gathered[(row.brand, row.label)].append(one)
    return {key: tuple(values) for key, values in gathered.items()}


def open_incident(database: Database, connection: sa.Connection, opens: Opens, now: datetime) -> int:
    """Write a new incident in the caller's transaction; answers its id. An unresolved one with its key is an IntegrityError."""
    row = {
        "dedup_key": opens.dedup_key,
        "brand": opens.brand,
        "label": opens.label,
        "title": opens.title,
        "severity": opens.severity.value,
        "state": "open",
        "owner": opens.owner,
        "policy": opens.policy,
        "paging": opens.paging,
        "next_step_at": now if opens.paging else None,
        "opened_at": now,
        "last_item_at": now,
        "follows": opens.follows,
    }
    incident_id = int(connection.execute(sa.insert(incident).values(row).returning(incident.c.id)).scalar_one())
    detail = {"severity": opens.severity.value, "owner": opens.owner} | shown_taken(opens.taken) | _shown_numbers(opens.numbers)
    _event(connection, incident_id, (now, "opened"), opens.reason, detail)
    _join(connection, incident_id, opens.item_ids)
    for owner in opens.participants:
        _take_part(connection, incident_id, owner, now, opens.paging)
    owe(database, connection, opens.owed, opens.owner, now, incident_id=incident_id)
    recount(connection, incident_id)
    return incident_id


def grow_incident(database: Database, connection: sa.Connection, grows: Grows, now: datetime) -> None:
    """Write what becomes of a known incident in the caller's transaction. Raises Conflict when it was changed meanwhile."""
    current = incident.c.id == grows.incident_id
    row = connection.execute(sa.select(incident).where(current)).one()
    if row.version != grows.version:
        raise Conflict(f"incident {grows.incident_id} was changed meanwhile")
    connection.execute(sa.update(incident).where(current).values(_changed(connection, row, grows, now)))
    _more_take_part(connection, row, grows, now)
    joined = [{"incident_id": grows.incident_id, "item_id": item_id} for item_id in dict.fromkeys(grows.item_ids)]
    database.insert_new(connection, incident_item, joined)
    if grows.item_ids:
        _event(connection, grows.incident_id, (now, "grew"), grows.reason, {"items": len(grows.item_ids)} | shown_taken(grows.taken))
    if grows.numbers is not None:
        _event(connection, grows.incident_id, (now, "signal"), grows.reason, _shown_numbers(grows.numbers))
    owe(database, connection, grows.owed, row.owner, now, incident_id=grows.incident_id)
    recount(connection, grows.incident_id)
    if shown(connection, grows.incident_id) != (row.state, row.severity):
        bring_up_to_date(database, connection, grows.incident_id, now)


def _changed(connection: sa.Connection, row: sa.Row[Any], grows: Grows, now: datetime) -> dict[str, Any]:
    """What its row becomes; a rise and a reopening stand in its history."""
    change: dict[str, Any] = {"version": row.version + 1, "last_item_at": now}
    if grows.severity is not None:
        change["severity"] = grows.severity.value
        if grows.severity is Severity.CRITICAL and row.state == "open" and row.paging:
            change |= {"next_step_at": now, "snoozed_until": None}
        detail = {"from": row.severity, "to": grows.severity.value}
        _event(connection, grows.incident_id, (now, "severity"), grows.reason, detail)
    if grows.reopens:
        change |= {
            "state": "open",
            "resolved_at": None,
            "acknowledged_by": None,
            "ack_expires_at": None,
            "irrelevant_until": None,
            "step": 0,
            "repeated": 0,
        }
        _event(connection, grows.incident_id, (now, "reopened"), grows.reason, {})
    if grows.paging and not row.paging:
        change["paging"] = True
    if (grows.paging and not row.paging) or (grows.reopens and (grows.paging or row.paging)):
        change["next_step_at"] = now
    return change


def _more_take_part(connection: sa.Connection, row: sa.Row[Any], grows: Grows, now: datetime) -> None:
    """Owners that were not told before."""
    known = set(connection.execute(sa.select(incident_participant.c.owner).where(incident_participant.c.incident_id == row.id)).scalars())
    for owner in grows.participants:
        if owner not in known and owner != row.owner:
            _take_part(connection, grows.incident_id, owner, now, grows.paging or row.paging)


def _shown_numbers(numbers: Numbers | None) -> dict[str, Any]:
    return {KEY: numbers.document()} if numbers is not None else {}


def _join(connection: sa.Connection, incident_id: int, item_ids: Sequence[int]) -> None:
    rows = [{"incident_id": incident_id, "item_id": item_id} for item_id in dict.fromkeys(item_ids)]
    if rows:
        connection.execute(sa.insert(incident_item), rows)


def _take_part(connection: sa.Connection, incident_id: int, owner: str, now: datetime, paging: bool) -> None:
    """Another owner takes part; told once, unless this incident never pages."""
    told = None if paging else now
    connection.execute(sa.insert(incident_participant).values(incident_id=incident_id, owner=owner, told_at=told))
    _event(connection, incident_id, (now, "participant"), "concerned", {"owner": owner})


def recount(connection: sa.Connection, incident_id: int) -> None:
    """How many items and authors it holds now."""
    mine = incident_item.c.incident_id == incident_id
    joined = sa.select(sa.func.count(), sa.func.count(item.c.author_key.distinct())).select_from(incident_item)
    items, authors = connection.execute(joined.join(item, item.c.id == incident_item.c.item_id).where(mine)).one()
    connection.execute(sa.update(incident).where(incident.c.id == incident_id).values(items=items, authors=authors))


def _event(connection: sa.Connection, incident_id: int, what: tuple[datetime, str], reason: str, detail: dict[str, Any]) -> None:
    now, kind = what
    row = {"incident_id": incident_id, "at": now, "actor": "czujka", "kind": kind, "reason": reason, "detail": detail}
    connection.execute(sa.insert(incident_event).values(row))
