"""Privacy and proof as they are configured."""

from datetime import timedelta
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from core.table import Duration, Table
from core.types import Scope


class AuditTable(Table):
    """Where the heads of the audit's chain are written every five minutes: a file beside the database by default. Let it be a place that
    nobody who can change the database can change, such as a share that only takes additions: what is proven is proven against it.
    """

    heads: str | None = None


class Kept(StrEnum):
    """Classes of data that may have an end: posts with their authors, the platforms' payloads, what could not be read, sessions, what
    closed cases of breaches say of persons, and what staff confirmed, with the register's lines of those who left."""

    POSTS = "posts"
    RAW = "raw"
    QUARANTINE = "quarantine"
    SESSIONS = "sessions"
    CASES = "cases"
    STAFF = "staff"


SCOPED = (Kept.POSTS, Kept.RAW)


class PrivacyTable(Table):
    """Whom people write to about their data: named in notices, in the record of processing and in invitations to consent."""

    contact: str = ""


class Retention(Table):
    """How long a class of data is kept: `posts` (text, author, links), `raw` (what the platform sent beside it), `quarantine` (what could
    not be read), `sessions`, `cases` (evidence, names and texts of cases, since they were closed), `staff` (messages that
    staff read; trainings that they completed again later; what people who left read and completed, and their line in the register, since
    they left). With `scope` it holds for posts and payloads of that scope alone, and goes before a rule without one.

    What no rule names is kept without an end. Posts of unresolved incidents and open conversations wait until those end. Counts,
    findings and histories stay.
    """

    what: Kept
    scope: Scope | None = None
    keep: Duration = Field(ge=timedelta(days=1))

    @model_validator(mode="after")
    def _is_scoped(self) -> Self:
        if self.scope is not None and self.what not in SCOPED:
            raise ValueError(f"{self.what.value} have no scope: only {' and '.join(SCOPED)} have; leave `scope` out")
        return self
