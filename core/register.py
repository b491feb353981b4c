"""The register of accounts as records: who answers for each account, what is wrong with it, who uses the brand without being in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.policy import Applies


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account on one platform, as it stands in the register.

    `owner` is the team that answers for it, `person` who of them does by name; `access` are all who can sign in to it. `mandate` says what
    may be published there. `account_id` is the platform's own id: by it a new handle is recognised. Times are aware UTC.
    """

    platform: str
    handle: str
    kind: Applies
    owner: str
    person: str
    deputies: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    mandate: str = ""
    two_factor: bool = False
    recovery: str = ""
    brand: str | None = None
    account_id: str = ""
    source: str = ""
    reviewed_at: datetime | None = None
    number: int = 0
    registered_at: datetime | None = None

    @property
    def key(self) -> str:
        """How verbs and messages name it: "x:polna"."""
        return key_of(self.platform, self.handle)

    @property
    def named(self) -> frozenset[str]:
        """Everybody whom its row names."""
        return frozenset({self.person, *self.deputies, *self.access} - {""})


def key_of(platform: str, handle: str) -> str:
    """The same for one handle on one platform, however it is written."""
    return f"{platform.casefold()}:{handle.strip().removeprefix('@').casefold()}"


class Fault(StrEnum):
    """What a check finds. The value is also the label of the incident that it opens."""

    REVIEW_DUE = "account.review_due"
    OWNER_LEFT = "account.owner_left"
    ACCESS_LEFT = "account.access_left"
    NO_TWO_FACTOR = "account.no_two_factor"
    SINGLE_ACCESS = "account.single_access"
    GONE = "account.gone"
    RENAMED = "account.renamed"


UNREGISTERED = "account.unregistered"
"""The label of an account that uses the brand and that nobody registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFault:
    """One fault of one account. `detail` is what was seen: who left, the new handle, since when."""

    account: int
    fault: Fault
    detail: str = ""
    fault_id: int = 0
    incident_id: int | None = None
    found_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An account as its platform shows it now. `account_id` is the platform's own id, '' where it shows none."""

    account_id: str
    handle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How the last looks at an account's profile ended: `misses` counts those in a row that found nothing there."""

    account: int
    looked_at: datetime
    misses: int = 0
    account_id: str = ""
    handle: str = ""

    @property
    def is_gone(self) -> bool:
        """Found nothing twice in a row: one answer may be a platform's bad moment."""
        return self.misses >= MISSES


MISSES = 2


class Settled(StrEnum):
    """How a stranger's account that uses the brand was settled."""

    REGISTERED = "registered"
    TOLERATED = "tolerated"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """An author who uses the brand and stands in no register; `item_id` is the first post by which it was seen, and `may_page`
    says whether that is news."""

    platform: str
    author_key: str
    handle: str
    name: str
    item_id: int
    may_page: bool = True
    brand: str | None = None
    stranger_id: int = 0
    owner: str = ""
    incident_id: int | None = None
    found_at: datetime | None = None
    settled: Settled | None = None
    reason: str = ""
    settled_by: str | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Somebody who wrote lately, and by which post they were seen."""

    platform: str
    author_key: str
    author_id: str
    handle: str
    name: str
    item_id: int
    may_page: bool
    brand: str | None
