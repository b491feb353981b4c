"""Seals: an HMAC over what must not change. Keyed, so that nobody who sees a seal can try which text it belongs to, and nobody without the
key can seal what they changed.

Source: RFC 2104; RFC 8785 for the idea of one canonical form (numbers here are as a database gives them back, not as JavaScript writes
them).
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from core.cases import CaseEntry, Evidence


def sealing_key(secret: str) -> bytes:
    """The key for seals, made of a secret of the installation; it opens nothing else."""
    return hmac.new(secret.encode(), b"czujka.case.1", hashlib.sha256).digest()


def seal(key: bytes, what: str, *parts: Any) -> str:
    """The seal of `what` ("evidence", "entry") with these parts, which are as JSON can hold them: 64 hexadecimal digits."""
    return hmac.new(key, canonical([what, *parts]).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def is_seal(key: bytes, shown: str, what: str, *parts: Any) -> bool:
    """Does this seal belong to just this?"""
    return hmac.compare_digest(seal(key, what, *parts), shown)


def moment(at: datetime) -> str:
    """A time as a seal covers it, and as evidence holds it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def entry_parts(said: CaseEntry) -> tuple[Any, ...]:
    """What the seal of a line of the history covers beside the case's number."""
    return moment(said.at), said.actor, said.kind.value, said.text, dict(said.detail)


def evidence_is_whole(key: bytes, one: Evidence) -> bool:
    """Is the evidence what was frozen?"""
    return is_seal(key, one.seal, "evidence", one.case, one.item_id, moment(one.frozen_at), one.body)


def entry_is_whole(key: bytes, case: int, said: CaseEntry) -> bool:
    """Is the line of the history what was written?"""
    return is_seal(key, said.seal, "entry", case, *entry_parts(said))


def canonical(value: Any) -> str:
    """One text for one value, however a database orders its keys or writes its numbers."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """PostgreSQL keeps 1.0 as 1.0, 1e22 as a whole number, and no minus before zero."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
