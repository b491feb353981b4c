"""Who gets letters: a team's people by their e-mail addresses, each in their own language."""

from alerts.contacts import of_person
from core.sending import Reader
from core.settings import Settings


def team(owner_id: str, settings: Settings) -> list[Reader]:
    """Everybody in an owner's team who has an e-mail address; of a team without one, everybody in the fallback owner's."""
    return _of(owner_id, settings) or fallback_team(settings)


def fallback_team(settings: Settings) -> list[Reader]:
    """Everybody in the fallback owner's team who has an e-mail address."""
    return _of(settings.company.fallback, settings)


def holders(office: str, settings: Settings) -> list[Reader]:
    """Everybody who holds an office and gets mail; where nobody does, everybody in the fallback owner's team."""
    found = [reader for person in settings.holders(office) for reader in addresses(person, settings)]
    return found or fallback_team(settings)


def addresses(person: str, settings: Settings) -> list[Reader]:
    """Where a person gets mail."""
    return [Reader(person=person, address=contact.address) for contact in of_person(person, settings) if contact.kind == "email"]


def language_of(reader: Reader, settings: Settings) -> str:
    """The language that this reader gave, else the company's first."""
    return next((one.language for one in settings.person if one.id == reader.person), settings.company.languages[0])


def name_of(person: str, settings: Settings) -> str:
    """A person's name, or the id where the configuration has none."""
    return next((one.name for one in settings.person if one.id == person and one.name), person)


def _of(owner_id: str | None, settings: Settings) -> list[Reader]:
    people = next((owner.people for owner in settings.owner if owner.id == owner_id), ())
    return [reader for person in people for reader in addresses(person, settings)]
