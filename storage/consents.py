"""Consents of staff. Each step is one transaction with its line in the audit; a step that was taken is not taken again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.accounts import AuditLine, named
from core.consent import WAITS, Consent, ConsentState, account_name
from core.errors import Conflict, NotFound, Refused
from storage.audit import write_line
from storage.database import Database
from storage.schema_consent import consent

_WAITS = consent.c.state.in_([state.value for state in WAITS])


@dataclass(frozen=True)
class Consents:
    """Questions about consents."""

    database: Database

    def list(self, person: str | None = None, states: Collection[ConsentState] = ()) -> Sequence[Consent]:
        """All of them, or one person's, or those in these states; the newest first."""
        query = sa.select(consent).order_by(consent.c.id.desc())
        query = query.where(consent.c.person == person) if person is not None else query
        query = query.where(consent.c.state.in_([state.value for state in states])) if states else query
        with self.database.read() as connection:
            return [_consent(row) for row in connection.execute(query)]

    def get(self, consent_id: int) -> Consent:
        """One of them. Raises NotFound."""
        with self.database.read() as connection:
            return _consent(_row(connection, consent_id))

    def invite(self, made: Consent) -> int:
        """Ask somebody; answers the number. Raises Conflict: that account is asked for already, or stands."""
        row = {
            "person": made.person,
            "platform": made.platform,
            "account": made.account,
            "state": ConsentState.INVITED.value,
            "code": made.code,
            "invited_by": made.invited_by,
            "invited_at": made.invited_at,
            "expires_at": made.expires_at,
        }
        with self.database.write() as connection:
            lapsed = sa.and_(_WAITS, consent.c.expires_at <= made.invited_at)
            connection.execute(sa.update(consent).where(lapsed).values(state=ConsentState.LAPSED.value))
            done = connection.execute(self.database.insert(consent).values(row).on_conflict_do_nothing().returning(consent.c.id)).scalar()
            if done is None:
                raise Conflict(f"{made.account} on {made.platform} has been asked for already, or has agreed", reason="consent_stands")
            write_line(connection, _line(made.invited_at, made.invited_by, "consent_invited", int(done), made.person))
        return int(done)

    def prove(self, consent_id: int, by: str, how: str, now: datetime) -> None:
        """The code was seen on the account. Raises NotFound, Refused: it is not waiting for that."""
        with self.database.write() as connection:
            row = self._waiting(connection, consent_id, now)
            self._change(connection, row, (ConsentState.INVITED,), {"state": "proven", "proven_at": now, "proven_by": by})
            write_line(connection, _line(now, by, f"consent_proven {how}", consent_id, row.person))

    def grant(self, consent_id: int, notice: tuple[str, str, str], now: datetime) -> None:
        """The person agrees, having seen this notice: (version, language, text). Raises NotFound; Refused: control of the account was not
        proven, the invitation is over, or it was decided before."""
        version, language, text = notice
        with self.database.write() as connection:
            row = self._waiting(connection, consent_id, now)
            said = {"state": "granted", "decided_at": now, "notice_version": version, "language": language, "notice": text}
            self._change(connection, row, (ConsentState.PROVEN,), said)
            write_line(connection, _line(now, row.person, f"consent_granted {version}", consent_id, row.person))

    def decline(self, consent_id: int, now: datetime) -> None:
        """The person says no. Raises NotFound, Refused."""
        with self.database.write() as connection:
            row = _row(connection, consent_id)
            self._change(connection, row, WAITS, {"state": "declined", "decided_at": now})
            write_line(connection, _line(now, row.person, "consent_declined", consent_id, row.person))

    def withdraw(self, consent_id: int, actor: str, now: datetime) -> Consent:
        """The person takes it back: from this transaction on nothing of the account is stored. Raises NotFound; Refused: none stands."""
        with self.database.write() as connection:
            row = _row(connection, consent_id)
            self._change(connection, row, (ConsentState.GRANTED,), {"state": "withdrawn", "decided_at": now})
            write_line(connection, _line(now, actor, "consent_withdrawn", consent_id, row.person))
            return _consent(row)

    def _waiting(self, connection: sa.Connection, consent_id: int, now: datetime) -> sa.Row[Any]:
        row = _row(connection, consent_id)
        if row.expires_at <= now:
            raise Refused(f"invitation {consent_id} was open until {row.expires_at:%Y-%m-%d}; a new one can be asked for")
        return row

    def _change(self, connection: sa.Connection, row: sa.Row[Any], wanted: Collection[ConsentState], values: dict[str, Any]) -> None:
        fits = sa.and_(consent.c.id == row.id, consent.c.state.in_([state.value for state in wanted]))
        if connection.execute(sa.update(consent).where(fits).values(values)).rowcount != 1:
            raise Refused(f"consent {row.id} is {row.state}; it cannot become {values['state']}")


def consented_query(platform: str, accounts: Collection[str]) -> sa.Select[Any]:
    """Which of these accounts have agreed?"""
    granted = consent.c.state == ConsentState.GRANTED.value
    return sa.select(consent.c.account).where(granted, consent.c.platform == platform, consent.c.account.in_(accounts))


def consented(connection: sa.Connection, platform: str, handles: Collection[str]) -> frozenset[str]:
    """Those of these handles whose persons have agreed, as `account_name` writes them. Whoever takes a consent back meanwhile waits until
    this transaction is over: nothing slips in behind them."""
    query = consented_query(platform, {account_name(handle) for handle in handles})
    return frozenset(connection.execute(query.with_for_update(read=True)).scalars())


def _row(connection: sa.Connection, consent_id: int) -> sa.Row[Any]:
    row = connection.execute(sa.select(consent).where(consent.c.id == consent_id)).one_or_none()
    if row is None:
        raise NotFound(f"there is no consent {consent_id}; `czujka consent list` shows them")
    return row


def _line(at: datetime, actor: str, act: str, consent_id: int, person: str) -> AuditLine:
    return AuditLine(at=at, actor=actor, act=act, subject=f"consent {consent_id} of {named(person)}")


def _consent(row: sa.Row[Any]) -> Consent:
    values = {name: getattr(row, name) for name in consent.c.keys() if name not in {"id", "state"}}  # noqa: SIM118
    return Consent(consent_id=row.id, state=ConsentState(row.state), **values)
