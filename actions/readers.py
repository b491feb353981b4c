"""What people do so that the policy is read: take a sheet of the staff in, say that they have read a version."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.errors import ConfigError, Refused
from core.policy import Version
from core.readers import NOTICE, SHEET, Owed, Read, What
from core.settings import Settings
from governance.readers import owed, read_people
from storage import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a version is read: of how many who must, how many have not, and how many of those are late."""

    version: int
    people: int
    owing: tuple[Owed, ...]
    late: int

    @property
    def done(self) -> int:
        return self.people - len(self.owing)


def take_in(store: Store, settings: Settings, path: Path, actor: str, now: datetime, *, many_gone: bool = False) -> tuple[int, int, int]:
    """Take the staff of a sheet in, all of them or none; answers how many are new, changed, and no longer named.

    Raises ConfigError: every fault; or, without `many_gone`, more than half of those who are here would be gone.
    """
    staff = store.readers.staff()
    people = read_people(path, {one.person for one in staff}, settings.company.languages[0])
    named, here = {one.person for one in people}, [one for one in staff if one.source == SHEET and one.is_here(now)]
    gone = sum(one.person not in named for one in here)
    if gone * 2 > len(here) and not many_gone:
        told = f"{path} names {len(here) - gone} of the {len(here)} who are here, so {gone} would be gone"
        raise ConfigError(f"{told}; give the whole sheet, or say that it is so with --many-gone", reason="many_gone")
    return store.readers.take_in(people, actor, now)


def acknowledge(store: Store, person: str, number: int, what: Collection[What], language: str, now: datetime) -> int:
    """`person` has read version `number`; answers how much of that is new: saying it twice is saying it once.

    Raises Refused: nothing was said, or another version is in force by now.
    """
    version = store.policies.in_force(now)
    if version is None or version.number != number:
        raise Refused(f"version {number} is not in force; open the page again and read what is")
    said = [one for one in What if one in what and (one is What.POLICY or version.clause(NOTICE) is not None)]
    if not said:
        raise Refused("what was read was expected: policy, notice")
    return store.readers.acknowledge([Read(person=person, what=one, version=number, language=language, at=now) for one in said])


def has_read(store: Store, version: Version, person: str) -> frozenset[What]:
    """What this person has acknowledged of a version."""
    return frozenset(one.what for one in store.readers.read() if one.person == person and one.version == version.number)


def standing(store: Store, settings: Settings, now: datetime) -> Standing | None:
    """How far the version in force was read at that moment; None while none was, or nobody's name was taken in."""
    version, staff = store.policies.in_force(now), store.readers.staff()
    here = [one for one in staff if one.is_here(now)]
    if version is None or not here:
        return None
    before = {one.number: store.policies.get(one.number) for one in store.policies.history() if one.number < version.number}
    given = [one for one in store.readers.read() if one.at <= now]
    owing = owed(here, given, version, before, settings.readers, now)
    return Standing(version=version.number, people=len(here), owing=owing, late=sum(one.is_late(now) for one in owing))
