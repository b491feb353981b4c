"""Who may see and do what: roles, each everywhere or for one owner or brand. Nobody sees evidence that they need not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.settings import Person, Settings


class Role(StrEnum):
    """What somebody is, everywhere or for one owner or brand."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    ACCOUNT_OWNER = "account-owner"
    COMPLIANCE = "compliance"
    AUDITOR = "auditor"
    STAFF = "staff"
    ADMIN = "admin"


class Right(StrEnum):
    """What a role allows. TUNE is what changes the alarms of others; REVEAL shows personal data, which is written down; GOVERN puts the
    policy into force; CASES judges breaches of it, which administering does not bring along."""

    SEE = "see"
    ACT = "act"
    REVEAL = "reveal"
    TUNE = "tune"
    AUDIT = "audit"
    GOVERN = "govern"
    CASES = "cases"
    ADMINISTER = "administer"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.SEE}),
    Role.RESPONDER: frozenset({Right.SEE, Right.ACT, Right.REVEAL}),
    Role.ACCOUNT_OWNER: frozenset({Right.SEE, Right.ACT, Right.REVEAL, Right.TUNE}),
    Role.COMPLIANCE: frozenset({Right.SEE, Right.ACT, Right.REVEAL, Right.TUNE, Right.AUDIT, Right.GOVERN, Right.CASES}),
    Role.AUDITOR: frozenset({Right.SEE, Right.AUDIT}),
    Role.STAFF: frozenset(),
    Role.ADMIN: frozenset(Right) - {Right.CASES},
}


OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role; `owner` and `brand` None mean everywhere."""

    role: Role
    owner: str | None = None
    brand: str | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """What a query may show: what belongs to these owners, or to these brands."""

    owners: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person with their roles."""

    person: str
    grants: tuple[Grant, ...]

    def has(self, right: Right) -> bool:
        """Anywhere at all?"""
        return any(right in RIGHTS[grant.role] for grant in self.grants)

    def everywhere(self, right: Right) -> bool:
        return any(right in RIGHTS[grant.role] and grant.owner is None and grant.brand is None for grant in self.grants)

    def may(self, right: Right, owners: Iterable[str], brand: str | None) -> bool:
        """On what one of these owners answers for, or what is about this brand?"""
        sight = self.sight(right)
        return sight is None or not sight.owners.isdisjoint(owners) or (brand is not None and brand in sight.brands)

    def sight(self, right: Right = Right.SEE) -> Sight | None:
        """On what the right holds, None for everything."""
        if self.everywhere(right):
            return None
        held = [grant for grant in self.grants if right in RIGHTS[grant.role]]
        return Sight(frozenset(g.owner for g in held if g.owner is not None), frozenset(g.brand for g in held if g.brand is not None))


def viewer_of(person: str, settings: Settings) -> Viewer:
    """A person's roles: those configured, and responder for the teams that they belong to.

    While no person has any role configured, everybody who can sign in may do everything: a team of one needs no ceremony. The
    operator, whom the link signs in that Czujka prints when it starts, may always, but for cases of breaches once somebody has a role.
    """
    if not any(one.roles for one in settings.person):
        return Viewer(person, (Grant(Role.ADMIN), Grant(Role.COMPLIANCE)))
    if person == OPERATOR:
        return Viewer(person, (Grant(Role.ADMIN),))
    configured = next((grants_of(one) for one in settings.person if one.id == person), ())
    teams = (Grant(Role.RESPONDER, owner=owner.id) for owner in settings.owner if person in owner.people)
    return Viewer(person, (*configured, *teams))


def grants_of(person: Person) -> tuple[Grant, ...]:
    """What stands in a person's `roles`: "auditor", "responder@owner:care", "viewer@brand:polna"."""
    return tuple(_grant(text) for text in person.roles)


def _grant(text: str) -> Grant:
    role, _, place = text.partition("@")
    table, _, name = place.partition(":")
    return Grant(Role(role), owner=name if table == "owner" else None, brand=name if table == "brand" else None)
