"""What somebody wants to see, as conditions of SQL."""

from typing import Any

import sqlalchemy as sa

from core.types import Severity
from core.wanted import Tab, Wanted, words_of
from storage.database import Database
from storage.schema import OPEN, conversation, conversation_item, finding, incident, incident_item, incident_participant, item

Condition = sa.ColumnElement[bool]


def holds(database: Database, words: list[str]) -> Condition:
    """Which items hold words that begin like all of these?"""
    if database.is_sqlite:
        matches = sa.text("SELECT rowid FROM item_words WHERE item_words MATCH :words")
        matches = matches.bindparams(words=" ".join(f'"{word}"*' for word in words))
        return item.c.id.in_(matches.columns(sa.column("rowid", sa.Integer)).scalar_subquery())
    said = sa.text("to_tsvector('simple', item.folded) @@ to_tsquery('simple', :words)")
    return sa.type_coerce(said.bindparams(words=" & ".join(f"'{word}':*" for word in words)), sa.Boolean)


def incidents_wanted(database: Database, wanted: Wanted) -> Condition:
    """Which incidents fit, whatever their severity? The owner may also take part only."""
    asks: list[Condition] = []
    if wanted.owner:
        part = sa.select(incident_participant.c.incident_id).where(incident_participant.c.owner == wanted.owner)
        asks.append(sa.or_(incident.c.owner == wanted.owner, incident.c.id.in_(part)))
    if wanted.brand:
        asks.append(incident.c.brand == wanted.brand)
    if wanted.label:
        asks.append(_under(incident.c.label, wanted.label))
    if wanted.state:
        asks.append(incident.c.state == wanted.state)
    if wanted.held_by:
        asks.append(incident.c.acknowledged_by == wanted.held_by)
    said = _posts(database, wanted)
    if said is not None:
        mine = sa.select(sa.literal(1)).select_from(incident_item.join(item, item.c.id == incident_item.c.item_id))
        asks.append(mine.where(incident_item.c.incident_id == incident.c.id, said).exists())
    return sa.and_(sa.true(), *asks)


def conversations_wanted(database: Database, wanted: Wanted) -> Condition:
    """Which conversations fit?"""
    named = ((conversation.c.owner, wanted.owner), (conversation.c.brand, wanted.brand), (conversation.c.platform, wanted.platform))
    asks: list[Condition] = [column == value for column, value in named if value]
    if wanted.state:
        asks.append(conversation.c.state == wanted.state)
    if wanted.held_by:
        asks.append(conversation.c.assignee == wanted.held_by)
    joined = conversation_item.join(item, item.c.id == conversation_item.c.item_id)
    mine = sa.select(sa.literal(1)).select_from(joined).where(conversation_item.c.conversation_id == conversation.c.id)
    asks += [mine.where(said).exists() for said in (_posts(database, wanted, platform=False), _found(wanted)) if said is not None]
    return sa.and_(sa.true(), *asks)


def items_wanted(database: Database, wanted: Wanted) -> Condition:
    """Which posts fit? What an owner answers for are the posts in its conversations and incidents."""
    asks = [said for said in (_posts(database, wanted), _found(wanted)) if said is not None]
    if wanted.brand:
        asks.append(item.c.brand == wanted.brand)
    if wanted.owner:
        talks = sa.select(conversation_item.c.item_id).join(conversation, conversation.c.id == conversation_item.c.conversation_id)
        stories = sa.select(incident_item.c.item_id).join(incident, incident.c.id == incident_item.c.incident_id)
        owned = (talks.where(conversation.c.owner == wanted.owner), stories.where(incident.c.owner == wanted.owner))
        asks.append(sa.or_(*(item.c.id.in_(one) for one in owned)))
    return sa.and_(sa.true(), *asks)


def incident_tab(tab: Tab, person: str, teams: frozenset[str]) -> Condition:
    """Which unresolved incidents stand under a tab? An incident has no clock of its own, so none is late."""
    if tab is Tab.MINE:
        free = sa.and_(incident.c.acknowledged_by.is_(None), incident.c.owner.in_(teams))
        return sa.or_(incident.c.acknowledged_by == person, free)
    plain: dict[Tab, Condition] = {Tab.ALL: sa.true(), Tab.UNASSIGNED: incident.c.state == OPEN, Tab.LATE: sa.false()}
    return plain[tab]


def conversation_tab(tab: Tab, person: str, teams: frozenset[str], now: Any) -> Condition:
    """Which waiting conversations stand under a tab?"""
    if tab is Tab.MINE:
        free = sa.and_(conversation.c.assignee.is_(None), conversation.c.owner.in_(teams))
        return sa.or_(conversation.c.assignee == person, free)
    plain: dict[Tab, Condition] = {Tab.ALL: sa.true(), Tab.UNASSIGNED: conversation.c.state == "new", Tab.LATE: conversation.c.due_at < now}
    return plain[tab]


def severities(least: Severity | None) -> list[str]:
    """The least severity that is wanted and all above it, the gravest first."""
    ordered = sorted(Severity, key=lambda severity: -severity.rank)
    return [one.value for one in ordered if least is None or one.rank >= least.rank]


def _posts(database: Database, wanted: Wanted, *, platform: bool = True) -> Condition | None:
    """What is asked of a post itself; None where nothing is."""
    asks: list[Condition] = []
    if platform and wanted.platform:
        asks.append(item.c.platform == wanted.platform)
    if wanted.lang:
        asks.append(item.c.lang == wanted.lang)
    if wanted.words.strip():
        words = words_of(wanted.words)
        asks += [holds(database, words), item.c.deleted_at.is_(None)] if words else [sa.false()]
    return sa.and_(*asks) if asks else None


def _found(wanted: Wanted) -> Condition | None:
    """What is asked of a post's present findings."""
    asks: list[Condition] = []
    if wanted.label:
        asks.append(_under(finding.c.label, wanted.label))
    if wanted.severity is not None:
        asks.append(finding.c.severity.in_(severities(wanted.severity)))
    if not asks:
        return None
    present = sa.and_(finding.c.item_id == item.c.id, finding.c.revision == item.c.revision, finding.c.reported)
    return sa.select(sa.literal(1)).select_from(finding).where(present, *asks).correlate(item).exists()


def _under(column: sa.ColumnElement[str], label: str) -> Condition:
    return sa.or_(column == label, column.startswith(f"{label}.", autoescape=True))
