"""The product on one screen: six stages, each load → decide → apply. Every one may be killed at any instruction and run again.

    collect ─▶ items ─▶ classify ─▶ findings ─▶ assess ─▶ incidents ─▶ notify ─▶ deliveries ─▶ deliver ─▶ people

    people write on the conversation's page ─▶ replies ─▶ answer ─▶ platforms

What is still to do is always a query over the database; nothing is remembered between two runs.
"""

from collections.abc import Collection
from datetime import timedelta

from alerts.assess import decide
from alerts.contacts import key
from alerts.escalate import escalate, pace
from core.canary import CANARY, with_canary
from core.failpoint import reach
from core.hooks import wants_findings
from czujka import measuring
from czujka.answering import answer_due
from czujka.asking import ask_due
from czujka.canary import plant_due
from czujka.house import House
from czujka.sending import send_due
from czujka.watching import watch_series, weigh_signals
from storage.reading import Read

CLASSIFIED_AT_ONCE = 128
ASSESSED_AT_ONCE = 500
NOTIFIED_AT_ONCE = 100
MOMENT = timedelta(seconds=1)
PACE_MEMORY = timedelta(minutes=1)


def collect(house: House, only: Collection[str] | None = None) -> int:
    """Due sources → items and cursors, stored together.   lease | ask | apply"""
    return ask_due(house, only) + (plant_due(house) if only is None else 0)


def classify(house: House) -> int:
    """Items nobody has read → findings, signatures, roll-ups.   load | read | apply"""
    house.renew_rules()
    version = house.classifiers.version
    unread = house.store.reading.unread(version, CLASSIFIED_AT_ONCE, house.clock())
    understood = house.classifiers.read([one.reading for one in unread])
    reach("classify.read")
    read = [Read(one, understanding) for one, understanding in zip(unread, understood, strict=True)]
    measuring.count_read([one.understanding for one in read if one.unread.reading.brand != CANARY])
    announce = wants_findings(house.settings.hook)
    return house.store.reading.apply(read, version, house.clock(), announce=announce, zone=house.settings.zone()) if read else 0


def assess(house: House) -> int:
    """Fresh findings → conversations, incidents; closed buckets → signals → incidents.   load | decide | apply"""
    watch_series(house)
    now = house.clock()
    state = house.store.assessing.load(ASSESSED_AT_ONCE, now, house.settings.alerting)
    assessed = decide(state, with_canary(house.settings), now)
    house.store.assessing.apply(assessed, now)
    measuring.count_opened(assessed.opens)
    weigh_signals(house)
    return len(assessed.item_ids)


def notify(house: House) -> int:
    """Incidents whose timer has come → deliveries.   load | decide | apply"""
    now = house.clock()
    settings = with_canary(house.settings)
    due = house.store.incidents.due(now, NOTIFIED_AT_ONCE)
    overrides = house.store.oncall.overrides(now, now + MOMENT) if due else []
    decided = [pages for incident in due if (pages := escalate(incident, settings, overrides, now)) is not None]
    told = house.store.deliveries.due_times({key(contact) for pages in decided for contact in pages.contacts}, now - PACE_MEMORY)
    severities = {incident.incident_id: incident.severity for incident in due}
    return house.store.incidents.apply_pages(pace(decided, told, severities, house.settings.alerting, now), now)


def deliver(house: House) -> int:
    """Due deliveries → an attempt each.   lease | send | decide | apply"""
    return send_due(house)


def answer(house: House) -> int:
    """What people answer → replies on platforms.   lease | write or look | decide | apply"""
    return answer_due(house)


STAGES = {"collect": collect, "classify": classify, "assess": assess, "notify": notify, "deliver": deliver, "answer": answer}
