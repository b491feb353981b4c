"""The watcher watched: what is stuck or blind is counted and logged, and the heartbeat goes outside only while nothing is."""

import logging

from core import metrics
from core.errors import CzujkaError
from core.settings import Heartbeat
from czujka.canary import measure
from czujka.doctor import audit
from czujka.house import House

log = logging.getLogger("czujka.audit")


def beat_if_well(house: House) -> int:
    """Look once. Answers how many things are wrong; the heartbeat is withheld while one of them is alarming."""
    ills = audit(house.settings, house.store, house.clock())
    measure(house, house.clock())
    kinds = [ill.kind for ill in ills]
    metrics.ILLS.replace({(kind,): kinds.count(kind) for kind in (*metrics.values_of("kind"), *kinds)})
    alarming = [ill for ill in ills if ill.alarming]
    for ill in alarming:
        log.warning("%s: %s; %s", ill.what, ill.detail, ill.advice)
    if house.settings.heartbeat is not None:
        metrics.HEARTBEATS.add(heartbeat="withheld" if alarming else _beat(house, house.settings.heartbeat))
    return len(ills)


def _beat(house: House, heartbeat: Heartbeat) -> str:
    """Ask for the address, following nothing: its answer alone counts."""
    try:
        answer = house.http.get(heartbeat.url.reveal(), follow=False)
    except CzujkaError as error:
        log.warning("the heartbeat did not get through: %s", error.reason)
        return "failed"
    if answer.status >= 300:
        log.warning("the heartbeat's address answered %s", answer.status)
    return "sent" if answer.status < 300 else "failed"
