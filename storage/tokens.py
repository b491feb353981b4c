"""Tokens that open a part of Czujka to another program: a calendar's feed, the API. Only their hashes are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import AccessToken
from core.errors import NotFound
from storage.database import Database
from storage.schema_people import access_token


@dataclass(frozen=True)
class Tokens:
    """Questions about tokens. `kind` keeps apart what they are for; `subject` is for whom or about what."""

    database: Database

    def add(self, digest: str, token: AccessToken) -> int:
        """Remember a token by its hash. Answers its id."""
        row = {
            "hash": digest,
            "kind": token.kind,
            "subject": token.subject,
            "name": token.name,
            "scopes": list(token.scopes),
            "made_by": token.made_by,
            "made_at": token.made_at,
            "expires_at": token.expires_at,
        }
        with self.database.write() as connection:
            return int(connection.execute(sa.insert(access_token).values(row).returning(access_token.c.id)).scalar_one())

    def find(self, digest: str, kind: str, now: datetime) -> AccessToken | None:
        """The token with this hash, None when there is none of the kind, or it was revoked or is too old. Remembers that it was used."""
        valid = sa.or_(access_token.c.expires_at.is_(None), access_token.c.expires_at > now)
        named = sa.and_(access_token.c.hash == digest, access_token.c.kind == kind, access_token.c.revoked_at.is_(None), valid)
        with self.database.write() as connection:
            row = connection.execute(sa.update(access_token).where(named).values(used_at=now).returning(access_token)).one_or_none()
        return _token(row) if row is not None else None

    def list(self, kind: str) -> Sequence[AccessToken]:
        """All of a kind that are not revoked, the newest first."""
        query = sa.select(access_token).where(access_token.c.kind == kind, access_token.c.revoked_at.is_(None))
        with self.database.read() as connection:
            return [_token(row) for row in connection.execute(query.order_by(access_token.c.id.desc()))]

    def revoke(self, kind: str, token_id: int, now: datetime) -> None:
        """It opens nothing from now on. Raises NotFound."""
        one = sa.and_(access_token.c.id == token_id, access_token.c.kind == kind, access_token.c.revoked_at.is_(None))
        with self.database.write() as connection:
            if connection.execute(sa.update(access_token).where(one).values(revoked_at=now)).rowcount != 1:
                raise NotFound(f"there is no {kind} token {token_id}", reason="no_token")


def _token(row: sa.Row[Any]) -> AccessToken:
    return AccessToken(
        token_id=row.id,
        kind=row.kind,
        subject=row.subject,
        name=row.name,
        scopes=tuple(row.scopes),
        made_by=row.made_by,
        made_at=row.made_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )
