"""What a viewer's queries may show, as conditions of SQL."""

import sqlalchemy as sa

from core.access import Sight
from core.canary import CANARY
from storage.schema import conversation, conversation_item, incident, incident_item, incident_participant, item


def real(table: sa.Table) -> sa.ColumnElement[bool]:
    """Whatever is of the company, and not of the canary."""
    return sa.or_(table.c.brand.is_(None), table.c.brand != CANARY)


def incidents_in(sight: Sight | None) -> sa.ColumnElement[bool]:
    """Which incidents may be seen? Participants see what they take part in."""
    if sight is None:
        return real(incident)
    joined = sa.select(incident_participant.c.incident_id).where(incident_participant.c.owner.in_(sight.owners))
    return sa.or_(incident.c.owner.in_(sight.owners), incident.c.brand.in_(sight.brands), incident.c.id.in_(joined))


def conversations_in(sight: Sight | None) -> sa.ColumnElement[bool]:
    """Which conversations may be seen?"""
    if sight is None:
        return real(conversation)
    return sa.or_(conversation.c.owner.in_(sight.owners), conversation.c.brand.in_(sight.brands))


def items_in(sight: Sight | None) -> sa.ColumnElement[bool]:
    """Which posts may be seen? Those of the brands, and those in what the owners answer for."""
    if sight is None:
        return real(item)
    talks = sa.select(conversation_item.c.item_id).join(conversation, conversation.c.id == conversation_item.c.conversation_id)
    stories = sa.select(incident_item.c.item_id).join(incident, incident.c.id == incident_item.c.incident_id)
    return sa.or_(
        item.c.brand.in_(sight.brands),
        item.c.id.in_(talks.where(conversation.c.owner.in_(sight.owners))),
        item.c.id.in_(stories.where(incidents_in(Sight(owners=sight.owners)))),
    )
