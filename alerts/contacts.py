"""From whom a policy names to where they can be reached: persons, teams, schedules and channels become contacts."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from core.settings import Owner, Person, Settings
from core.types import Contact

Named = TypeVar("Named", Person, Owner)
OnCall = Callable[[str], str | None]
"""Who is on call in the schedule with this id, None for nobody."""


def by_id(named: Iterable[Named]) -> Mapping[str, Named]:
    """Persons or owners by their ids."""
    return {one.id: one for one in named}


def key(contact: Contact) -> str:
    """`kind:address`, as contacts are written in the configuration and kept in `told`."""
    return f"{contact.kind}:{contact.address}"


def contact(written: str, settings: Settings, person: Person | None = None) -> Contact | None:
    """`kind:address` through the first channel of that kind, or `channel:id`; None when no channel can take it."""
    kind, _, address = written.partition(":")
    channel = next((one for one in settings.channel if (one.id == address if kind == "channel" else one.kind == kind)), None)
    if channel is None:
        return None
    language = person.language if person else settings.company.languages[0]
    return Contact(kind=channel.kind, address=address, channel=channel.id, person=person.id if person else None, language=language)


def of_person(person_id: str, settings: Settings) -> tuple[Contact, ...]:
    """A person's contacts that a channel can take, in the order to try; () for somebody who has left."""
    person = by_id(settings.person).get(person_id)
    found = (contact(written, settings, person) for written in (person.contacts if person else ()))
    return tuple(one for one in found if one is not None)


def resolve(targets: Iterable[str], settings: Settings, on_call: OnCall) -> tuple[Contact, ...]:
    """Where `person:`, `owner:` (its whole team), `schedule:` (who is on call) and `channel:` can be reached now, each once."""
    return _each_once(one for target in targets for one in _target(target, settings, on_call))


def responders(owner_id: str, settings: Settings, on_call: OnCall) -> tuple[Contact, ...]:
    """Who answers for an owner now: the one on call, else the whole team."""
    owner = by_id(settings.owner).get(owner_id)
    if owner is not None and owner.schedule and (found := resolve([f"schedule:{owner.schedule}"], settings, on_call)):
        return found
    return resolve([f"owner:{owner_id}"], settings, on_call)


def fallback(settings: Settings) -> tuple[Contact, ...]:
    """Who is paged when no step resolves to anybody: the fallback contacts, else the fallback owner's team, else everybody."""
    company = settings.company
    chosen = [one for written in company.fallback_contacts if (one := contact(written, settings)) is not None]
    return (
        _each_once(chosen)
        or resolve([f"owner:{company.fallback}"], settings, _nobody)
        or resolve([f"person:{one.id}" for one in settings.person], settings, _nobody)
        or resolve([f"channel:{one.id}" for one in settings.channel], settings, _nobody)
    )


def _target(target: str, settings: Settings, on_call: OnCall) -> tuple[Contact, ...]:
    kind, _, name = target.partition(":")
    if kind == "schedule":
        return _first(on_call(name), settings)
    if kind == "person":
        return _first(name, settings)
    if kind == "owner":
        owner = by_id(settings.owner).get(name)
        return tuple(one for person in (owner.people if owner else ()) for one in _first(person, settings))
    found = contact(target, settings)
    return () if found is None else (found,)


def _first(person_id: str | None, settings: Settings) -> tuple[Contact, ...]:
    return of_person(person_id, settings)[:1] if person_id else ()


def _each_once(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    return tuple({(one.channel, key(one)): one for one in contacts}.values())


def _nobody(_: str) -> None:
    return None
