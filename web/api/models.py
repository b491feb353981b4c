"""What the API answers. Times are ISO 8601 in UTC; ids are whole numbers; unknown is null, never 0."""

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, AliasPath, BaseModel, ConfigDict, Field

from actions.answering import LONGEST_TEXT
from core.easing import MuteKind
from core.replies import ReplyKind, ReplyState
from core.text import strip_controls
from core.types import ConversationState, IncidentState, Severity
from core.verdicts import Said


class Answer(BaseModel):
    """Read from our own records."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True)


class Found(Answer):
    """One finding in a post. `detector` is a rule or model with its version; a verdict names the finding by its `id`."""

    id: Annotated[int | None, Field(validation_alias="finding_id")]
    label: str
    severity: Severity
    score: float
    detector: str


class Post(Answer):
    """A post. Personal data and secrets in its text are dots. `reach` is how many follow its author, null where nobody knows; `hash` is the
    SHA-256 of its title, a line break and its whole text, null where anything in it is masked; `read_by` names the rules and the model that
    read it, null before that."""

    id: Annotated[int, Field(validation_alias="item_id")]
    platform: Annotated[str, Field(validation_alias=AliasPath("quote", "platform"))]
    url: Annotated[str, Field(validation_alias=AliasPath("quote", "url"))]
    author: Annotated[str, Field(validation_alias=AliasPath("quote", "author"))]
    reach: Annotated[int | None, Field(validation_alias=AliasPath("quote", "reach"))]
    text: str
    created_at: Annotated[datetime, Field(validation_alias=AliasPath("quote", "created_at"))]
    collected_at: datetime
    voice: str
    scope: str
    kind: str
    lang: str
    brand: str | None
    hash: str | None
    read_by: str | None
    findings: list[Found]


class Incident(Answer):
    """An incident as lists show it."""

    id: Annotated[int, Field(validation_alias="incident_id")]
    label: str
    title: str
    severity: Severity
    state: IncidentState
    owner: str
    brand: str | None
    items: int
    authors: int
    opened_at: datetime
    last_item_at: datetime
    acknowledged_by: str | None
    snoozed_until: datetime | None
    resolved_at: datetime | None
    merged_into: int | None
    irrelevant_until: datetime | None
    version: int


class Event(Answer):
    """One line of the history of an incident or a conversation."""

    at: datetime
    actor: str
    kind: str
    reason: str
    detail: dict[str, Any]


class IncidentWhole(Answer):
    """One incident with its most telling posts, its participants and its history. `conversations` are the ids of those that hold a post
    of it and may be seen."""

    incident: Annotated[Incident, Field(validation_alias="row")]
    posts: Annotated[list[Post], Field(validation_alias="evidence")]
    participants: list[str]
    conversations: list[int]
    events: list[Event]
    next_step_at: datetime | None
    follows: int | None


class Conversation(Answer):
    """A conversation as the inbox shows it. `due_at` is when the first answer is due, `resolve_by` when it should be closed; `claimed_by`
    is answering until `claimed_until`."""

    id: Annotated[int, Field(validation_alias="conversation_id")]
    platform: str
    author: str
    owner: str
    brand: str | None
    state: ConversationState
    opened_at: datetime
    due_at: datetime | None
    resolve_by: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    assignee: str | None
    claimed_by: str | None
    claimed_until: datetime | None
    items: int
    labels: list[str]
    version: int


class ConversationWhole(BaseModel):
    """One conversation with all that was said and done, the oldest first. `afterwards`: what its authors wrote in public since something
    was made good, null where nothing was."""

    conversation: Conversation
    posts: list[Post]
    events: list[Event]
    afterwards: list[Post] | None


class Reply(Answer):
    """One of the outbox of answers: a reply, like or hiding, who wanted it, and how it stands. `remote_id` is the platform's name for it.

    `state` is approval (another person must approve it), waiting, checking (it may be there: the thread is being read), undecided
    (somebody must look at the platform), sent, failed or withdrawn. `reason` is a word for it, `detail` what the platform said.
    """

    id: Annotated[int, Field(validation_alias="reply_id")]
    conversation: Annotated[int, Field(validation_alias="conversation_id")]
    kind: ReplyKind
    text: str
    state: ReplyState
    written_by: str
    written_at: datetime
    approved_by: str | None
    tries: int
    sent_at: datetime | None
    remote_id: str
    reason: str
    detail: str
    version: int


class Way(BaseModel):
    """As whom, by which source and what can be answered. `approval`: another person must approve what goes out."""

    source: str
    speaks_as: str
    can: list[ReplyKind]
    limit: int
    approval: bool


class Replies(BaseModel):
    """What is answered in a conversation, the newest first; `way` is null where nothing can be answered from here."""

    way: Way | None
    items: list[Reply]


class FoundInDraft(Answer):
    """What a rule finds in a draft that was not sent."""

    label: str
    severity: Severity
    score: float
    detector: str


class Review(Answer):
    """What is to be said of a draft: its length as the platform counts, and what the rules find. `blocked`: it must be changed first."""

    length: int
    limit: int
    too_long: bool
    blocked: bool
    findings: list[FoundInDraft]


class Source(Answer):
    """How a source does."""

    id: Annotated[str, Field(validation_alias="source_id")]
    state: str
    reason: str
    last_success_at: datetime | None
    last_item_at: datetime | None
    failures: int
    items: int


class OnCall(BaseModel):
    """Who is on call in a schedule now; null is nobody."""

    schedule: str
    person: str | None


class Me(BaseModel):
    """The token that calls, and its person."""

    person: str
    token: str
    scopes: list[str]
    expires_at: datetime | None


One = TypeVar("One")


class Listed(BaseModel, Generic[One]):
    """A page of a list, the newest first; `next` is the cursor of the following page, null at the end."""

    items: list[One]
    next: str | None


class Snooze(BaseModel):
    """For how long nobody is paged, in minutes."""

    model_config = ConfigDict(extra="forbid")

    minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)]


LONGEST_EASING = 90 * 24 * 60

Clean = Annotated[str, AfterValidator(strip_controls)]


class Draft(BaseModel):
    """What is to be said on the platform."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[Clean, Field(min_length=1, max_length=LONGEST_TEXT)]


class ReplyWanted(Draft):
    """A reply to send. `anyway` sends it although the rules find something; what is critical or too long is never sent."""

    anyway: bool = False


class Verdict(Answer):
    """What one person says of a finding. `label` is what it is instead, for `other`."""

    id: Annotated[int, Field(validation_alias="verdict_id")]
    finding: Annotated[int, Field(validation_alias="finding_id")]
    person: str
    said: Said
    label: str | None
    note: str
    at: datetime


class Judge(BaseModel):
    """A verdict. `label` is wanted for `other` alone."""

    model_config = ConfigDict(extra="forbid")

    said: Said
    label: Annotated[Clean | None, Field(max_length=64)] = None
    note: Annotated[Clean, Field(max_length=500)] = ""


class Mute(Answer):
    """What fits opens nothing while it lasts. `brand` null holds for all; `held` is how many findings it held back."""

    id: Annotated[int, Field(validation_alias="mute_id")]
    kind: MuteKind
    value: str
    reason: str
    brand: str | None
    starts_at: datetime
    ends_at: datetime
    made_by: str
    ended_by: str | None
    held: int


class Lasting(BaseModel):
    """What lasts `minutes`, from now or from `starts_in_minutes` on. `brand` null holds for all, and wants the right everywhere."""

    model_config = ConfigDict(extra="forbid")

    minutes: Annotated[int, Field(ge=1, le=LONGEST_EASING)]
    starts_in_minutes: Annotated[int, Field(ge=0, le=LONGEST_EASING)] = 0
    brand: Annotated[Clean | None, Field(max_length=64)] = None


class MuteWanted(Lasting):
    """A mute to make: of a rule's id, a label, an author's handle, a source's id, or words of the text."""

    kind: MuteKind
    value: Annotated[Clean, Field(min_length=1, max_length=320)]
    reason: Annotated[Clean, Field(min_length=1, max_length=500)]


class Expected(Answer):
    """While it lasts it takes `factor` times as many people to make complaints an incident."""

    id: Annotated[int, Field(validation_alias="expected_id")]
    name: str
    factor: float
    brand: str | None
    starts_at: datetime
    ends_at: datetime
    made_by: str
    ended_by: str | None


class ExpectedWanted(Lasting):
    """An expected event to put on the calendar."""

    name: Annotated[Clean, Field(min_length=1, max_length=120)]
    factor: Annotated[float, Field(gt=1, le=100)]
