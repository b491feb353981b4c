"""Consent of staff to have their own professional accounts watched: asked for, proven, given, withdrawn. Times are aware UTC."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

INVITED_FOR = timedelta(days=30)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class ConsentState(StrEnum):
    """`granted` alone lets anything be collected; `declined`, `withdrawn` and `lapsed` are final: a new invitation begins anew."""

    INVITED = "invited"
    PROVEN = "proven"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


WAITS = (ConsentState.INVITED, ConsentState.PROVEN)
FINAL = (ConsentState.DECLINED, ConsentState.WITHDRAWN, ConsentState.LAPSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One account of one person. `account` is the handle without "@", in small letters; `code` proves that the account is theirs.

    `notice` is the text that the person saw when they agreed, word for word, and `notice_version` its fingerprint.
    """

    consent_id: int = 0
    person: str
    platform: str
    account: str
    state: ConsentState
    code: str
    invited_by: str
    invited_at: datetime
    expires_at: datetime
    proven_at: datetime | None = None
    proven_by: str | None = None
    decided_at: datetime | None = None
    notice_version: str = ""
    notice: str = ""
    language: str = ""


def account_name(handle: str) -> str:
    """A handle as it is compared: without "@", in small letters."""
    return handle.strip().removeprefix("@").lower()


def proof_code() -> str:
    """What the person shows on their account: nobody types it by chance, and it has no letters that look alike."""
    return "czujka-" + "".join(secrets.choice(_LETTERS) for _ in range(10))
