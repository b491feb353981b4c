"""The demonstration's people side: the staff, the register of accounts, one consent, a crisis that is over and what was learned from it.

All of it by the same acts as people's, once; a database that knows the staff is left as it is.
"""

from datetime import datetime, timedelta
from pathlib import Path

from actions import consents, crisis, lessons, readers, register, training
from core.crisis import About, Kind, Part, Planned
from core.readers import What
from core.settings import Settings
from demo.policy import ACTOR
from storage import Store

SHEETS = Path(__file__).resolve().parent
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def people_of_the_dairy(store: Store, settings: Settings, now: datetime) -> None:
    """Lay it out."""
    if store.readers.staff():
        return
    readers.take_in(store, settings, SHEETS / "people.csv", ACTOR, now)
    register.take_in(store, settings, SHEETS / "accounts.csv", ACTOR, now)
    training.take_in(store, settings, SHEETS / "trained.csv", ACTOR, now)
    _read(store, now - 50 * DAY)
    _consent(store, settings, now)
    _crisis(store, settings, now - 40 * DAY)
    _lesson(store, settings, now)


def _read(store: Store, at: datetime) -> None:
    """Three of five have read the policy and the notice."""
    bound = store.policies.in_force(at)
    if bound is None:
        return
    for person in ("anna", "jan", "tom"):
        readers.acknowledge(store, person, bound.number, tuple(What), "pl", at)


def _consent(store: Store, settings: Settings, now: datetime) -> None:
    """Jan lets his professional account be watched; Ewa has been asked."""
    one = consents.invite(store, settings, "jan", "mastodon", "@jan.wrona@spolecznosc.example", "tom", now - 10 * DAY)
    consents.attest(store, one.consent_id, "tom", now - 9 * DAY)
    version = consents.notice(settings, store.consents.get(one.consent_id), "pl")[1]
    consents.grant(store, settings, one.consent_id, version, "pl", "jan", now - 9 * DAY)
    consents.invite(store, settings, "ewa", "bluesky", "@ewa-sroka.example", "tom", now - DAY)


def _crisis(store: Store, settings: Settings, at: datetime) -> None:
    """A morning on which no parcel left the warehouse: declared, led, spoken about, over, reviewed."""
    number = crisis.declare(store, settings, "Żadna paczka nie wyjechała z magazynu", "anna", at, kind=Kind.OUTAGE, brand="polna")
    crisis.give_role(store, settings, number, Part.SPOKESPERSON, "jan", "anna", at + 4 * MINUTE)
    for place, item in enumerate(crisis.checklist_of(store.crises.get(number)).items[:5], start=1):
        crisis.tick(store, number, item.id, "jan", at + 9 * place * MINUTE)
    said = crisis.draft(store, number, "Dziś paczki wyjadą z opóźnieniem. Odezwiemy się znów o 14:00.", "pl", "anna", at + 30 * MINUTE)
    crisis.approve(store, number, said, "jan", at + 36 * MINUTE)
    crisis.publish(store, number, said, "Facebook, X", "jan", at + 41 * MINUTE)
    crisis.log(store, number, "Taśma działa, pierwsze auta wyjechały", "jan", at + 170 * MINUTE, status=True)
    crisis.stand_down(store, number, "wszystkie paczki wyjechały", "anna", at + 400 * MINUTE)
    after = at + 2 * DAY
    for text, owner, about, pointer in (
        ("Ćwiczymy pierwszą godzinę", "anna", About.TRAINING, "social-media"),
        ("Na liście jest telefon do magazynu", "jan", About.CHECKLIST, Kind.OUTAGE.value),
    ):
        planned = Planned(text=text, owner=owner, due_at=after + 60 * DAY, about=about, pointer=pointer)
        crisis.plan(store, settings, number, planned, "anna", after)
    crisis.finish_action(store, number, 1, "anna", after + 12 * DAY)
    crisis.close_review(store, number, "anna", after)


def _lesson(store: Store, settings: Settings, now: datetime) -> None:
    """What an exercise taught, and an action that changes a clause."""
    text = "W nocy nikt nie wiedział, kto odpowiada na krytykę."
    number = lessons.learn_from_exercise(store, "leak", text, "anna", now - 3 * DAY)
    planned = Planned(text="Dyżur odpowiada też w nocy", owner="anna", due_at=now + 20 * DAY, about=About.CLAUSE, pointer="POL-12")
    lessons.plan(store, settings, number, planned, "anna", now)
