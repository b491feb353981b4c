"""What the API tells of crises, and what it takes."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.checklist import Late, Silence
from core.crisis import MOST_TEXT, About, EntryKind, Kind, Part, Room, Stage
from web.api.models import Answer, Clean

Text = Annotated[Clean, Field(min_length=1, max_length=MOST_TEXT)]


class Crisis(Answer):
    """A crisis. `version` is its ETag: it counts changes of stage and roles."""

    crisis_id: int
    kind: Kind
    title: str
    brand: str | None
    incident_id: int | None
    stage: Stage
    version: int
    roles: dict[Part, str]
    declared_by: str
    declared_at: datetime
    stood_down_by: str | None
    stood_down_at: datetime | None
    reviewed_by: str | None
    reviewed_at: datetime | None


class CrisisTick(Answer):
    """An item of the checklist that is done."""

    item: str
    person: str
    at: datetime


class CrisisEntry(Answer):
    """A line of the log."""

    at: datetime
    actor: str
    kind: EntryKind
    text: str
    detail: dict[str, str | int]


class CrisisStatement(Answer):
    """Something to say outside, and how far it came."""

    statement_id: int
    language: str
    text: str
    drafted_by: str
    drafted_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    published_by: str | None
    published_at: datetime | None
    published_where: str
    dropped_at: datetime | None


class CrisisAction(Answer):
    """What shall be done afterwards, by whom, by when, and what it points at."""

    action_id: int
    text: str
    owner: str
    due_at: datetime
    about: About
    pointer: str
    done_by: str | None
    done_at: datetime | None


class CrisisItem(Answer):
    """An item of the checklist that was late; `done_at` is empty when it was never done."""

    item: str
    due_at: datetime
    done_at: datetime | None


class CrisisSilence(Answer):
    """A time in which nothing was said outside for longer than promised; `until` is empty when no statement ended it."""

    since: datetime
    until: datetime | None
    length_s: int


class CrisisWhole(Answer):
    """A crisis with its log, oldest first, its checklist, statements, actions, and what was late."""

    crisis: Crisis
    items: list[str]
    ticks: list[CrisisTick]
    statements: list[CrisisStatement]
    actions: list[CrisisAction]
    late: list[CrisisItem]
    silences: list[CrisisSilence]
    entries: list[CrisisEntry]


class Asked(BaseModel):
    """What a caller sends."""

    model_config = ConfigDict(extra="forbid")


class CrisisWanted(Asked):
    """A crisis to declare; the token's person leads."""

    title: Annotated[Clean, Field(min_length=1, max_length=200)]
    kind: Kind
    incident_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None


class LineWanted(Asked):
    """A line for the log; with `status` it says how things stand."""

    text: Text
    status: bool = False


class TickWanted(Asked):
    """An item of the checklist: done, or not after all."""

    item: Annotated[Clean, Field(min_length=1, max_length=64)]
    done: bool = True


class StatementWanted(Asked):
    """Something to say outside."""

    language: Literal["pl", "en"]
    text: Text


class RoleWanted(Asked):
    """Who takes a role; null gives it back, which the lead's cannot be."""

    part: Part
    person: Annotated[Clean, Field(min_length=1, max_length=64)] | None


class PublishedWhere(Asked):
    """On which accounts or pages a statement went out."""

    where: Annotated[Clean, Field(max_length=400)] = ""


class StandDownWanted(Asked):
    """Why it is over."""

    why: Text


def whole(room: Room, items: list[str], late: tuple[Late, ...], silences: tuple[Silence, ...]) -> CrisisWhole:
    """All of a room as the API tells it."""
    return CrisisWhole(
        crisis=Crisis.model_validate(room.crisis),
        items=items,
        ticks=[CrisisTick.model_validate(one) for one in room.ticks.values()],
        statements=[CrisisStatement.model_validate(one) for one in room.statements],
        actions=[
            CrisisAction(
                action_id=one.action_id,
                text=one.planned.text,
                owner=one.planned.owner,
                due_at=one.planned.due_at,
                about=one.planned.about,
                pointer=one.planned.pointer,
                done_by=one.done_by,
                done_at=one.done_at,
            )
            for one in room.actions
        ],
        late=[CrisisItem(item=one.item.id, due_at=one.due_at, done_at=one.done_at) for one in late],
        silences=[CrisisSilence(since=one.since, until=one.until, length_s=int(one.length.total_seconds())) for one in silences],
        entries=[CrisisEntry.model_validate(one) for one in room.entries],
    )
