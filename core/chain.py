"""The audit's chain: each line's hash covers the line and the hash before it, so that no line can change without all later ones.

Lines name people by pseudonyms alone. A pseudonym is an HMAC of the name under a key of its own, kept beside the name: nobody can put
another name under it, and once name and key are destroyed nothing leads from the pseudonym back to the person.
Source: B. Schneier and J. Kelsey, "Secure Audit Logs to Support Computer Forensics" (1999); RFC 2104.
"""

import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from core.accounts import AuditLine

GENESIS = "0" * 64
PSEUDONYM = re.compile(r"~[0-9a-f]{32}")
ERASED = "privacy_erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far the chain reached at a moment: its last line and that line's hash. Written where the database cannot reach."""

    line_id: int
    hash: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A line as it is stored, with its hash; people in it are pseudonyms."""

    line: AuditLine
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Whom a pseudonym stands for, and the key that binds the two."""

    pseudonym: str
    name: str
    key: str

    def is_true(self) -> bool:
        """Was this pseudonym made for this name?"""
        return hmac.compare_digest(pseudonym_of(self.key, self.name), self.pseudonym)


def chained(before: str, line: AuditLine) -> str:
    """The hash of a line that follows a line with the hash `before`: SHA-256 as hex."""
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    whole = json.dumps([before, line.line_id, at, line.actor, line.act, line.subject], ensure_ascii=False)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def new_alias(name: str) -> Alias:
    """A pseudonym for somebody, under a new key of 256 bits."""
    key = secrets.token_hex(32)
    return Alias(pseudonym=pseudonym_of(key, name), name=name, key=key)


def pseudonym_of(key: str, name: str) -> str:
    """'~' and 128 bits of an HMAC-SHA256, as hex."""
    made = hmac.new(bytes.fromhex(key), name.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    return f"~{made[:32]}"
