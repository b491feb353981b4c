"""The mail server refuses for forty minutes: who has another contact is paged there, who has none gets one summary after, no flood.

Nobody acknowledges meanwhile, so Jan's turn comes after ten minutes and the board's after thirty.
"""

from datetime import timedelta

from core.records import Told
from core.types import IncidentState
from tests.acceptance.city import City

POSTS = (
    "co to jest Projekcie Bursztyn? Mleczarnia Polna coś ukrywa",
    "Bojkotujmy Mleczarnię Polną, dopóki nie przeproszą",
    "W Mleczarni Polnej kierownik bierze łapówki od dostawców",
)


def told(dairy: City) -> list[Told]:
    """Everything that the incidents say of who was told, and of every try."""
    rows = dairy.house.store.incidents.list([IncidentState.OPEN])
    return [one for row in rows for one in dairy.house.store.incidents.card(row.incident_id).told]


def test_pages_go_by_the_next_contact_and_afterwards_comes_one_summary(dairy: City) -> None:
    anna_has_another_contact(dairy)
    dairy.at("2026-11-20 11:00")
    dairy.mail.mode = "busy"
    down_since = dairy.now
    incidents = they_post(dairy)
    paged = [arrived.json()["incident"]["id"] for arrived in dairy.hook.arrived]
    assert sorted(paged) == sorted(incidents), "each once, by the next contact"
    assert dairy.new_mails() == []

    dairy.forward("33m")
    assert dairy.now - down_since < timedelta(minutes=40)
    assert dairy.new_mails() == []
    dairy.mail.mode = "accept"
    dairy.forward("10m")
    who_had_nothing_gets_one_summary(dairy, incidents)
    every_try_is_told(dairy)


def anna_has_another_contact(dairy: City) -> None:
    people = [
        one.model_copy(update={"contacts": (*one.contacts, "webhook:anna")}) if one.id == "anna" else one
        for one in dairy.house.settings.person
    ]
    dairy.house.settings = dairy.house.settings.model_copy(update={"person": tuple(people)})


def they_post(dairy: City) -> list[int]:
    """The incidents that are open some minutes later, one of each post."""
    for number, text in enumerate(POSTS):
        dairy.post("x", text, f"ktoś{number}", followers=12_000)
        dairy.forward("1m")
    dairy.forward("3m")
    incidents = dairy.house.store.incidents.list([IncidentState.OPEN])
    assert len(incidents) == len(POSTS)
    return [row.incident_id for row in incidents]


def who_had_nothing_gets_one_summary(dairy: City, incidents: list[int]) -> None:
    mails = dairy.new_mails()
    readers = sorted(mail.recipients for mail in mails)
    assert readers == [("jan@polna.example",), ("zarzad@polna.example",)], "one summary each, and nothing of what Anna has had already"
    for mail in mails:
        text = mail.part("plain")
        assert all(f"#{number}" in text or f"/incidents/{number}" in text for number in incidents)
    assert len(dairy.hook.arrived) == len(POSTS)


def every_try_is_told(dairy: City) -> None:
    by_contact = {contact: [one for one in told(dairy) if one.contact == contact] for contact in {one.contact for one in told(dairy)}}
    assert {contact: {one.state for one in found} for contact, found in by_contact.items()} == {
        "email:anna@polna.example": {"moved"},
        "webhook:anna": {"sent"},
        "email:jan@polna.example": {"sent"},
        "email:zarzad@polna.example": {"sent"},
    }
    tries = [outcome for one in by_contact["email:jan@polna.example"] for _, outcome, _ in one.attempts]
    assert tries.count("retry") > len(POSTS)
    assert tries.count("sent") == len(POSTS)
    reasons = {reason for one in by_contact["email:anna@polna.example"] for _, _, reason in one.attempts}
    assert reasons == {"refused_for_now"}
