"""The Monday letter's shell: asks `oncall check` for the year ahead, plans a mail for each owner's people who have something to mend."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage

from alerts import oncall, rota_letter
from alerts.channels import email
from alerts.letter import write
from alerts.oncall import Problem
from core.figures import last_full_week
from core.sending import DueLetter
from czujka.house import House
from czujka.readers import language_of, team
from reports.calendar import planned_at

ROTA = "rota"
WEEK = timedelta(weeks=1)


def plan_rota(house: House) -> None:
    """Once a week, on Monday at 8:00 or when the service is back after it: whoever can mend something is to get the letter.

    The first week is only noted: who installs Czujka on a Thursday hears of it on Monday.
    """
    store, now, zone = house.store.letters, house.clock(), house.settings.zone()
    week = next(name for back in (0, 1) if planned_at(name := last_full_week(now - back * WEEK, zone), zone) <= now)
    last = store.last_topic(ROTA)
    if last is not None and last >= week:
        return
    for owner in problems(house, now) if last is not None else ():
        store.plan(ROTA, week, planned_at(week, zone), team(owner, house.settings), now)
    store.looked(ROTA, week, now)


def problems(house: House, now: datetime) -> Mapping[str, Sequence[Problem]]:
    """What is to be mended, by the owner who can."""
    found = oncall.check(house.settings, house.store.oncall.overrides(now, now + oncall.YEAR), now)
    return rota_letter.by_owner(found, house.settings)


def rota(house: House, due: DueLetter, channel: email.Settings, now: datetime) -> EmailMessage:
    """One reader's letter: what their owners are to mend as it stands now, each thing once."""
    settings = house.settings
    mine = [one for owner, found in problems(house, now).items() if due.reader in team(owner, settings) for one in found]
    said = rota_letter.words(
        list(dict.fromkeys(mine)), settings, language_of(due.reader, settings), f"{ROTA}/{due.topic}", f"{house.address()}/on-call"
    )
    return write(said, channel.from_address(), due.reader.address, now, settings.zone())
