"""What people do with the register of accounts: take a sheet in, say that they looked, end an account, settle a stranger."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from core.access import Right, viewer_of
from core.errors import Refused
from core.register import Account, Settled
from core.settings import Settings
from governance.register import Known, names_in, read_accounts
from storage import Store
from storage.register import Imported

LONGEST_REASON = 500
BY_HAND = (Settled.TOLERATED, Settled.REPORTED)


def people_of(store: Store, settings: Settings, now: datetime) -> frozenset[str]:
    """Everybody whom an account may name: who is configured or of the staff, but for those who have left."""
    staff = store.readers.staff()
    left = {one.person for one in staff if not one.is_here(now)}
    return frozenset({*(one.id for one in settings.person), *(one.person for one in staff)} - left)


def teams_of(settings: Settings) -> frozenset[str]:
    """The teams in which somebody is."""
    return frozenset(one.id for one in settings.owner if one.people)


def take_in(store: Store, settings: Settings, path: Path, actor: str, now: datetime) -> Imported:
    """Register the accounts of a sheet, all of them or none. Raises ConfigError: every fault with its line."""
    known = Known(
        owners=teams_of(settings),
        people=people_of(store, settings, now),
        brands=frozenset(one.id for one in settings.brand),
        sources=frozenset(one.id for one in settings.source),
    )
    return store.register.take_in(read_accounts(path, known, now), actor, now)


def may_review(settings: Settings, account: Account, person: str) -> bool:
    """Is it this person's account, or their team's, or do they govern the policy?"""
    team = next((one.people for one in settings.owner if one.id == account.owner), ())
    named = person in (account.person, *account.deputies, *team)
    return named or viewer_of(person, settings).has(Right.GOVERN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What somebody saw when they looked at an account; None is as the register says."""

    two_factor: bool | None = None
    access: tuple[str, ...] | None = None
    recovery: str | None = None

    def values(self) -> Mapping[str, Any]:
        """What is to be written."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in said.items() if value is not None}


def as_typed(two_factor: bool | None, access: str | None, recovery: str | None) -> Looked:
    """From a form or a command line, where ids stand in one text."""
    return Looked(two_factor=two_factor, access=names_in(access) if access is not None else None, recovery=recovery)


def review(store: Store, settings: Settings, number: int, looked: Looked, actor: str, now: datetime) -> Account:
    """Somebody looked at an account today and says how it stands. Raises Refused: nobody knows who has access; NotFound."""
    unknown = sorted(set(looked.access or ()) - people_of(store, settings, now))
    if unknown:
        raise Refused(f"nobody knows {unknown[0]!r}; ids of persons were expected")
    if len(looked.recovery or "") > 256:
        raise Refused("a recovery contact of at most 256 characters was expected")
    store.register.review(number, looked.values(), actor, now)
    return store.register.get(number)


def end(store: Store, number: int, reason: str, actor: str, now: datetime) -> None:
    """The account is ours no more. Raises Refused: no reason; NotFound."""
    store.register.end(number, _reason(reason), actor, now)


def settle(store: Store, stranger_id: int, how: Settled, reason: str, actor: str, now: datetime) -> None:
    """A stranger may go on (a fan, a shop that sells us), or was reported to the platform. One of ours is registered instead.

    Raises Refused: no reason, or it cannot be settled like that; Conflict: somebody settled it first; NotFound.
    """
    if how not in BY_HAND:
        raise Refused("an account of ours is settled by putting it into the register")
    store.account_checks.settle(stranger_id, how, _reason(reason), actor, now)


def _reason(reason: str) -> str:
    kept = reason.strip()
    if not kept or len(kept) > LONGEST_REASON:
        raise Refused(f"a reason of 1 to {LONGEST_REASON} characters was expected: who comes after you wants to know")
    return kept
