"""What the law asks of a company within a time: tasks that want a decision with a reason. Times are aware UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DutyKind(StrEnum):
    """Which duty.

    Source: Act of 30 May 2014 on consumer rights (Poland), art. 7a (14 days); Regulation (EU) 2016/679, art. 33 (72 hours);
    Regulation (EU) 596/2014, art. 17 (as soon as possible).
    """

    CONSUMER_COMPLAINT = "consumer_complaint"
    PERSONAL_DATA_BREACH = "personal_data_breach"
    INSIDE_INFORMATION = "inside_information"


class Decision(StrEnum):
    """What was decided: the duty was done, or it does not apply here."""

    DONE = "done"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A duty that arises: what kind, by when."""

    kind: DutyKind
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A duty as a task, of an incident or of a conversation. It is open until `decision` is there.

    `owner` answers by now for what it belongs to; `label` is the incident's, `author` who is spoken with in the conversation.
    """

    duty_id: int
    kind: DutyKind
    owner: str
    opened_at: datetime
    due_at: datetime
    incident_id: int | None = None
    conversation_id: int | None = None
    label: str = ""
    author: str = ""
    decision: Decision | None = None
    reason: str = ""
    decided_by: str | None = None
    decided_at: datetime | None = None
