"""What the store gives to deciders and pages, and what deciders give back to it. Shared here because rooms do not know each other.

Records are what a query answers; decisions are what `apply` writes, each with a named reason. Times are aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.duties import Owed
from core.easing import Expected, Held, Mute
from core.habits import Ways
from core.numbers import Numbers
from core.sending import Told
from core.types import (
    Author,
    ConversationState,
    Feeling,
    Finding,
    IncidentState,
    ItemKind,
    Json,
    Quote,
    Scope,
    Severity,
    Voice,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshItem:
    """An item that has been classified and not yet assessed.

    `may_page` is False for what never pages (first poll, older than the horizon, import without --alert, read again by a newer
    detector). `findings` are the reported ones. `bands` is its near-duplicate signature. `parent_voice` is who wrote what it
    answers, None if unknown; `answers_key` is that author's conversation.
    """

    item_id: int
    source_id: str
    platform: str
    external_id: str
    brand: str | None
    scope: Scope
    voice: Voice
    kind: ItemKind
    lang: str
    text: str
    url: str
    author: Author
    created_at: datetime
    collected_at: datetime
    may_page: bool
    feeling: Feeling
    findings: tuple[Finding, ...]
    bands: tuple[int, ...] = ()
    parent_id: str | None = None
    thread_id: str | None = None
    parent_voice: Voice | None = None
    source_owner: str | None = None
    answers_key: str | None = None

    @property
    def author_key(self) -> str:
        """The same for one author on one platform; an unknown author counts as a person of their own."""
        known = self.author.id or self.author.handle or self.author.name
        return f"{self.platform}:{known}" if known else f"{self.platform}:?{self.external_id}"

    @property
    def conversation_key(self) -> str:
        """One author has one open conversation with us: by it `AssessState.conversations` is keyed. Our own answer belongs to
        the conversation named by `answers_key`."""
        return self.author_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """A post that an incident holds, as far as others are compared with it."""

    item_id: int
    lang: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Why an item joined: the post it was taken with, and how sure it is that both tell one story, in [0, 1]."""

    item_id: int
    with_id: int
    alike: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIncident:
    """An incident that is not resolved, or was resolved inside the flap window, or is irrelevant still.

    `bands` are those of its items. `aliases` are the keys and labels of the incidents that were merged into it. `tellers` are its newest
    posts, the newest first, where its label goes by likeness.
    """

    incident_id: int
    dedup_key: str
    brand: str | None
    label: str
    severity: Severity
    state: IncidentState
    owner: str
    participants: tuple[str, ...]
    opened_at: datetime
    last_item_at: datetime
    resolved_at: datetime | None
    items: int
    authors: int
    paging: bool
    version: int
    bands: frozenset[int] = frozenset()
    aliases: tuple[tuple[str, str], ...] = ()
    irrelevant_until: datetime | None = None
    tellers: tuple[Teller, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConversation:
    """One author's thread with us that is not closed."""

    conversation_id: int
    key: str
    state: ConversationState
    owner: str
    opened_at: datetime
    due_at: datetime | None
    version: int
    last_answer_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """A recent item with a reported finding of one label, counted when volume makes an incident."""

    item_id: int
    author_key: str
    created_at: datetime
    may_page: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessState:
    """All that assess decides on. `recent` is keyed by (brand, label) and covers the volume window, the fresh items included.

    `mutes` and `expected` are those that hold now. `ways` are, by item, how a post of our own account was sent.
    """

    items: tuple[FreshItem, ...]
    incidents: tuple[OpenIncident, ...]
    conversations: Mapping[str, OpenConversation]
    recent: Mapping[tuple[str | None, str], tuple[Recent, ...]]
    mutes: tuple[Mute, ...] = ()
    expected: tuple[Expected, ...] = ()
    ways: Mapping[int, Ways] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opens:
    """Open an incident. `policy` is the escalation as it stands now, copied into the incident. `paging`: it may page people.

    `among` are the unresolved incidents of its brand and label, with how many items each held, that were found not to tell this story;
    where they are others by now, it is decided again. None: its key alone tells stories apart. `numbers` are those that opened it.
    """

    dedup_key: str
    brand: str | None
    label: str
    title: str
    severity: Severity
    owner: str
    participants: tuple[str, ...]
    item_ids: tuple[int, ...]
    policy: Json
    paging: bool
    reason: str
    follows: int | None = None
    owed: tuple[Owed, ...] = ()
    among: tuple[tuple[int, int], ...] | None = None
    taken: tuple[Taken, ...] = ()
    numbers: Numbers | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grows:
    """Items join, or numbers speak of it. `severity` is set when it rises; `paging`: it may page now; `reopens` inside the flap window."""

    incident_id: int
    version: int
    item_ids: tuple[int, ...]
    reason: str
    severity: Severity | None = None
    participants: tuple[str, ...] = ()
    paging: bool = False
    reopens: bool = False
    owed: tuple[Owed, ...] = ()
    taken: tuple[Taken, ...] = ()
    numbers: Numbers | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Converses:
    """An item opens a conversation (conversation_id None), joins it, or answers it (`answered`: our own voice under it).

    `late`: it was written before our newest answer and came in after it, so it does not open the conversation again.
    """

    key: str
    item_id: int
    brand: str | None
    platform: str
    owner: str
    author: str
    due_at: datetime | None
    reason: str
    conversation_id: int | None = None
    answered: bool = False
    late: bool = False
    resolve_by: datetime | None = None
    owed: tuple[Owed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """What assess decided. Every item of the state is in `item_ids`: it has been assessed. `held`: by mutes. `found`: by assess itself."""

    item_ids: tuple[int, ...]
    opens: tuple[Opens, ...] = ()
    grows: tuple[Grows, ...] = ()
    converses: tuple[Converses, ...] = ()
    held: tuple[Held, ...] = ()
    found: tuple[tuple[int, Finding], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Somebody else is on call for a while, or nobody (`person` None)."""

    schedule: str
    person: str | None
    starts_at: datetime
    ends_at: datetime
    layer: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of an incident's history. `actor` is "czujka" or a person's id."""

    at: datetime
    actor: str
    kind: str
    reason: str
    detail: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """An incident as lists show it."""

    incident_id: int
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
    acknowledged_by: str | None = None
    snoozed_until: datetime | None = None
    resolved_at: datetime | None = None
    paging: bool = True
    version: int = 0
    merged_into: int | None = None
    irrelevant_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """An item with everything that was found in it, for evidence and post lists. `hash`: SHA-256 of title, line break and text in UTF-8, as
    hex; `read_by`: the rules and the model that read it last."""

    item_id: int
    quote: Quote
    scope: Scope
    voice: Voice
    kind: ItemKind
    lang: str
    feeling: Feeling | None
    findings: tuple[Finding, ...]
    collected_at: datetime
    is_edited: bool = False
    deleted_at: datetime | None = None
    truncated: bool = False
    source_id: str = ""
    brand: str | None = None
    external_id: str = ""
    title: str = ""
    hash: str = ""
    read_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCard:
    """An incident as its page and its messages show it: `evidence` holds the representative items, most telling first."""

    row: IncidentRow
    evidence: tuple[EvidenceItem, ...]
    participants: tuple[str, ...]
    events: tuple[Event, ...]
    told: tuple[Told, ...]
    next_step_at: datetime | None = None
    ack_expires_at: datetime | None = None
    follows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRow:
    """A conversation as the inbox shows it. `latest` is the author's newest item.

    `due_at` is when the first answer is due, `resolve_by` when it should be closed. `claimed_by` is who is answering, until
    `claimed_until`: after that nobody is. `answered_at` is the first answer, `last_answer_at` the newest that the platform showed.
    """

    conversation_id: int
    key: str
    platform: str
    author: str
    owner: str
    brand: str | None
    state: ConversationState
    opened_at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    items: int
    labels: tuple[str, ...]
    latest: Quote
    version: int = 0
    assignee: str | None = None
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    resolve_by: datetime | None = None
    closed_at: datetime | None = None
    last_answer_at: datetime | None = None
