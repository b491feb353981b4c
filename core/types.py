"""What flows through the house: items, findings, incidents, deliveries. Frozen, and free of behaviour.

Times are aware UTC. Ids that end in `_id` without more are ours (integers); `external_id` is the platform's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import total_ordering
from typing import Any

Json = dict[str, Any]


class Scope(StrEnum):
    """Where an item comes from."""

    OFFICIAL = "official"
    MENTION = "mention"
    PORTAL = "portal"
    EMPLOYEE = "employee"


class Voice(StrEnum):
    """Who speaks: our accounts and registered staff, or anybody else."""

    OURS = "ours"
    PUBLIC = "public"


class ItemKind(StrEnum):
    POST = "post"
    COMMENT = "comment"
    REVIEW = "review"
    ARTICLE = "article"
    MESSAGE = "message"


@total_ordering
class Severity(StrEnum):
    """info < low < medium < high < critical, by order of definition."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)

    def __lt__(self, other: object) -> bool:
        return self.rank < Severity(str(other)).rank

    def __gt__(self, other: object) -> bool:
        return self.rank > Severity(str(other)).rank

    def __le__(self, other: object) -> bool:
        return self.rank <= Severity(str(other)).rank

    def __ge__(self, other: object) -> bool:
        return self.rank >= Severity(str(other)).rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote an item. Unknown reach is None, never 0. `id` is the platform's, '' when it gives none (deleted author)."""

    id: str = ""
    name: str = ""
    handle: str = ""
    followers: int | None = None


SEEN_KINDS = frozenset(
    {"image", "photo", "picture", "album", "carousel_album", "video", "video_autoplay", "gif", "gifv", "animated_gif", "audio"}
)
PICTURE_KINDS = frozenset({"image", "photo", "picture", "album", "carousel_album"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A picture, film or document by reference. Of a picture that was fetched: its SHA-256 as hex, and the letters read in it."""

    kind: str
    url: str = ""
    alt: str = ""
    sha256: str = ""
    letters: str = ""

    @property
    def is_seen(self) -> bool:
        """Whether people see or hear it with the post, as they do not what a link leads to."""
        return self.kind.casefold() in SEEN_KINDS

    @property
    def is_to_read(self) -> bool:
        """Whether it is a picture that its author did not describe, whose letters nobody has read yet."""
        is_there = self.kind.casefold() in PICTURE_KINDS and self.url.startswith(("https://", "http://"))
        return is_there and not self.alt.strip() and not self.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One post, comment, review, article or message as a platform gave it.

    `external_id` is unique on its platform. `created_at` is the platform's own time, None where it gives none (the time of
    collection is then used). `thread_id` is the external id of the first post, `parent_id` of what this one answers.
    `edited_at` is set when the platform says that the text changed. `engagement` holds counts by name (likes, replies, shares).
    `raw` is the platform's payload, kept as it came.
    """

    platform: str
    external_id: str
    kind: ItemKind
    text: str
    voice: Voice
    created_at: datetime | None
    author: Author = field(default_factory=Author)
    title: str = ""
    url: str = ""
    lang: str | None = None
    parent_id: str | None = None
    thread_id: str | None = None
    edited_at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()
    engagement: Mapping[str, int] = field(default_factory=dict)
    raw: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Something a platform sent that is not an item we can read: kept in quarantine with its reason, shown by `czujka doctor`."""

    reason: str
    detail: str
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What a platform says, or we count, about how much we may still ask."""

    name: str
    used: float
    limit: float | None = None
    reset_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer of a source: what to store and where to go on, stored together in one transaction.

    `cursor` is the collector's own JSON; the next call gets exactly it. `more` asks to be called again at once.
    `deleted` names external ids that the platform no longer shows. `retry_at` is the earliest next poll, if the platform said so.
    """

    items: tuple[Item, ...]
    cursor: Json
    more: bool = False
    deleted: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    quotas: tuple[Quota, ...] = ()
    requests: int = 1
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a classifier sees of one item. `brand` is the brand's id or None: then every configured brand applies. `known`: the author may
    be called as they are, by the register of accounts."""

    text: str
    lang: str | None = None
    author: str = ""
    scope: Scope = Scope.MENTION
    voice: Voice = Voice.PUBLIC
    brand: str | None = None
    kind: ItemKind = ItemKind.POST
    parent_text: str = ""
    followers: int | None = None
    known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One detector's statement on one item.

    `score` is a calibrated probability in [0, 1]. `start` and `end` count code points of the item's text, None for a statement
    on the whole text. `detector` is `id@version`. `reported` is False for trial rules and scores below the label's threshold.
    `finding_id` is its number once it is stored; two that say the same are equal whether stored or not.
    """

    label: str
    score: float
    severity: Severity
    detector: str
    start: int | None = None
    end: int | None = None
    reported: bool = True
    finding_id: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeling:
    """Sentiment of one text: calibrated probabilities that add up to 1.

    `complaint`, `praise`, `question` and `abuse` are calibrated probabilities of their own, in [0, 1], whoever the post is about;
    None where the model in use cannot tell. `topics` are the probabilities of the taxonomy's labels that the model learned, in [0, 1].
    """

    label: str
    negative: float
    neutral: float
    positive: float
    complaint: float | None = None
    praise: float | None = None
    question: float | None = None
    abuse: float | None = None
    topics: Mapping[str, float] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """All that the classifiers say of one item. `truncated`: some of the text was read by nobody. `named` are the competitors that it
    names, and '' for us; nothing where nobody is compared."""

    lang: str
    feeling: Feeling
    findings: tuple[Finding, ...]
    truncated: bool = False
    signature: tuple[int, ...] = ()
    named: tuple[str, ...] = ()


class IncidentState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class ConversationState(StrEnum):
    NEW = "new"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    CLOSED = "closed"


class DeliveryState(StrEnum):
    """`sent`, `failed` and `dropped` are final; `moved` means that the person's next contact took over. Only updates are dropped."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    MOVED = "moved"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Where a person or a channel can be reached: `kind:address` through the channel with id `channel`."""

    kind: str
    address: str
    channel: str
    person: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A post as messages and pages quote it. `spans` are the words that fired: (start, end, label) in code points of `text`."""

    item_id: int
    platform: str
    author: str
    reach: int | None
    text: str
    url: str
    created_at: datetime
    spans: tuple[tuple[int, int, str], ...] = ()


class ClickAct(StrEnum):
    """What a button does by itself; the first letters differ."""

    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    SNOOZE = "snooze"
    IRRELEVANT = "irrelevant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicks:
    """What buttons carry that act by themselves: `url` takes the clicks of the message's channel; the rest are signed tokens."""

    url: str
    acknowledge: str
    resolve: str
    snooze: str
    irrelevant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a channel is asked to send. Text from outside stands only in `quotes` and `title`; the channel escapes it for its medium.

    `line` is the 120-character form. `because` is the rule's explanation in the reader's language. `dedup_key` is the same for
    every try of one delivery. `ack_url` shows a page; only its POST acts. `thread` is the remote id of the incident's first
    message to this contact, if there was one. `news` is what changed, for an update. `clicks` is given where the channel is set up to
    take clicks.
    """

    delivery_id: int
    dedup_key: str
    incident_id: int
    kind: str
    severity: Severity
    language: str
    title: str
    line: str
    because: str
    quotes: tuple[Quote, ...]
    count: int
    told: tuple[str, ...]
    url: str
    ack_url: str
    timezone: str
    sent_at: datetime
    thread: str | None = None
    state: str = "open"
    news: str = ""
    clicks: Clicks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the other side said when it took a message."""

    remote_id: str = ""
