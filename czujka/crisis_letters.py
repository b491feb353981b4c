"""Tells whom a crisis wants: that somebody gave them a role in it, that a statement waits for their approval. Each letter goes once."""

from datetime import datetime
from email.message import EmailMessage

from alerts.channels import email
from alerts.crisis_letter import role_words, statement_words
from alerts.letter import write
from core.crisis import EntryKind, Part, Room, Stage, Statement, may_approve
from core.sending import DueLetter, Reader
from core.settings import Settings
from czujka.house import House
from czujka.readers import addresses, language_of, name_of

ROLE = "crisis-role"
STATEMENT = "crisis-statement"


def plan_crises(house: House) -> None:
    """Write down who is to be told of what."""
    now, store, settings = house.clock(), house.store, house.settings
    for held in store.crises.list((Stage.DECLARED,)):
        room = store.crises.room(held.crisis_id)
        for part, person in held.roles.items():
            if _giver(room, part) != person:
                store.letters.plan(ROLE, f"{held.crisis_id}/{part.value}", now, addresses(person, settings), now)
        for said in room.statements:
            if _waits(said):
                store.letters.plan(STATEMENT, f"{held.crisis_id}/{said.statement_id}", now, _approvers(room, said, settings), now)


def role(house: House, due: DueLetter, channel: email.Settings, now: datetime) -> EmailMessage | None:
    """One role; None: it is another's meanwhile, or the crisis is over. Raises CzujkaError."""
    number, _, part = due.topic.partition("/")
    held = house.store.crises.get(int(number))
    if held.stage is not Stage.DECLARED or held.roles.get(Part(part)) != due.reader.person:
        return None
    said = role_words(held, Part(part), language_of(due.reader, house.settings), f"{due.kind}/{due.topic}", _page(house, held.crisis_id))
    return write(said, channel.from_address(), due.reader.address, now, house.settings.zone())


def statement(house: House, due: DueLetter, channel: email.Settings, now: datetime) -> EmailMessage | None:
    """One statement; None: it was approved or dropped meanwhile, or is not this reader's any more. Raises CzujkaError."""
    number, _, wanted = due.topic.partition("/")
    room = house.store.crises.room(int(number))
    found = next((one for one in room.statements if one.statement_id == int(wanted) and _waits(one)), None)
    if found is None or room.crisis.stage is not Stage.DECLARED or due.reader not in _approvers(room, found, house.settings):
        return None
    author, page = name_of(found.drafted_by, house.settings), _page(house, room.crisis.crisis_id)
    said = statement_words(room.crisis, found, author, language_of(due.reader, house.settings), f"{due.kind}/{due.topic}", page)
    return write(said, channel.from_address(), due.reader.address, now, house.settings.zone())


def _giver(room: Room, part: Part) -> str:
    """Who gave this role last; the lead's, while it was never handed on, whoever declared the crisis."""
    given = [one for one in room.entries if one.kind is EntryKind.ROLE and one.detail.get("part") == part.value]
    return (given[-1].actor if given else room.crisis.declared_by).rpartition(":")[2]


def _waits(said: Statement) -> bool:
    return said.is_open and said.approved_by is None


def _approvers(room: Room, said: Statement, settings: Settings) -> list[Reader]:
    people = {person for person in room.crisis.roles.values() if may_approve(room.crisis, said, person)}
    return [reader for person in sorted(people) for reader in addresses(person, settings)]


def _page(house: House, crisis_id: int) -> str:
    return f"{house.address()}/crisis/{crisis_id}"
