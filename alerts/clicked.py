"""What whoever clicked a message's button is told: done, done already and by whom, or why nothing happened. In their language."""

from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.headlines import speak
from alerts.quoting import one_line
from core.types import ClickAct

DONE = {
    ClickAct.ACKNOWLEDGE: "Incident {n} is yours now.",
    ClickAct.RESOLVE: "Incident {n} is resolved.",
    ClickAct.SNOOZE: "Incident {n}: nobody is paged until {time}.",
    ClickAct.IRRELEVANT: "Incident {n}: the whole story is irrelevant.",
}


def done(act: ClickAct, incident_id: int, until: datetime, zone: ZoneInfo, language: str) -> str:
    """It is done. `until` (aware UTC) is when a snooze ends."""
    return speak(language).say(DONE[act], n=incident_id, time=until.astimezone(zone).strftime("%H:%M"))


def done_already(incident_id: int, by: str, language: str) -> str:
    """Nothing changed: somebody did that before. `by` is a name, '' when it ended by itself."""
    spoken = speak(language)
    if not by:
        return spoken.say("Incident {n}: already done. Nothing was changed.", n=incident_id)
    return spoken.say("Incident {n}: already done by {name}. Nothing was changed.", n=incident_id, name=one_line(by, 60))


def not_known(contact: str, language: str) -> str:
    """Nobody has this contact. `contact` is "kind:address"."""
    return speak(language).say(
        "Czujka does not know you here, so nothing was changed. Ask for {contact} to be added to your contacts.",
        contact=one_line(contact, 80),
    )


def not_yours(incident_id: int, language: str) -> str:
    """A known person who neither was told of the incident nor may act on it."""
    return speak(language).say("Incident {n} is not yours to act on. Nothing was changed.", n=incident_id)


def too_old(url: str, language: str) -> str:
    """The button has expired."""
    return speak(language).say("This button is too old, so nothing was changed. Open the incident: {url}", url=url)


def not_possible(incident_id: int, url: str, language: str) -> str:
    """As things stand it cannot be done."""
    return speak(language).say("Incident {n} has changed meanwhile, so nothing was done. Look here: {url}", n=incident_id, url=url)
