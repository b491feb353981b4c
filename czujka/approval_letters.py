"""Asks whoever holds an office for the approval that a draft of the policy lacks: once when it is there, once more after a week."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage

from alerts.approval_letter import approval_words
from alerts.channels import email
from alerts.letter import write
from core.policy import Version
from core.sending import DueLetter, Reader
from core.settings import Settings
from czujka.house import House
from czujka.readers import holders, language_of

ASKED = "approval-asked"
AGAIN = "approval-again"
WAIT = timedelta(days=7)


def plan_approvals(house: House) -> None:
    """Write down who is asked. A draft that waits longer than twice `WAIT` asks nobody any more."""
    now, settings = house.clock(), house.settings
    draft = house.store.policies.draft()
    if draft is None or not draft.missing() or now >= draft.made_at + 2 * WAIT:
        return
    readers = {reader.address: reader for office in draft.missing() for reader in holders(office, settings)}
    house.store.letters.plan(_kind(draft, now), str(draft.number), now, list(readers.values()), now)


def request(house: House, due: DueLetter, channel: email.Settings, now: datetime) -> EmailMessage | None:
    """One letter; None: its reader has approved meanwhile, or there is another draft."""
    draft, settings = house.store.policies.draft(), house.settings
    if draft is None or str(draft.number) != due.topic or _kind(draft, now) != due.kind:
        return None
    offices = _lacking(draft, due.reader, settings)
    if not offices:
        return None
    topic, page = f"{due.kind}/{due.topic}", f"{house.address()}/policy/draft"
    said = approval_words(draft, offices, language_of(due.reader, settings), topic, page)
    return write(said, channel.from_address(), due.reader.address, now, settings.zone())


def _kind(draft: Version, now: datetime) -> str:
    return ASKED if now < draft.made_at + WAIT else AGAIN


def _lacking(draft: Version, reader: Reader, settings: Settings) -> Sequence[str]:
    """The offices that have not approved and for which this reader is written to."""
    return [office for office in draft.missing() if reader in holders(office, settings)]
