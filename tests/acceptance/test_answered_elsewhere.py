"""Story 13: care answers in the platform's own app, and nobody answers twice. On SQLite and on PostgreSQL."""

from datetime import timedelta

import httpx

from actions import conversations
from actions.sign_in import invite
from core.types import ConversationState
from tests.acceptance.city import City
from tests.acceptance.test_stories import serving
from tests.web.site import form_of


def test_answered_elsewhere(dairy: City) -> None:
    """Marked as answered by itself, with the platform's time; while Anna writes to another, Jan sees it and cannot end it."""
    dairy.at("2026-11-20 10:00")
    asked = dairy.post("facebook", "trzeci raz pytam o zwrot za zepsuty ser z Mleczarni Polnej, gdzie moje pieniądze?", "kasia")
    other = dairy.post("facebook", "@polna moja paczka nie dotarła, co teraz?", "marek")
    store = dairy.house.store
    talks = {row.author: row for row in store.conversations.list(limit=10)}
    assert {row.state for row in talks.values()} == {ConversationState.NEW}
    kasia, marek = talks["kasia"], talks["marek"]
    dairy.new_mails()

    dairy.forward("47m")
    conversations.claim(store, marek.conversation_id, "anna", dairy.now)
    dairy.post("facebook", "Dzień dobry, pieniądze wysłaliśmy dzisiaj rano. Przepraszamy!", "polna", reply_to=asked)
    row = store.conversations.get(kasia.conversation_id)
    assert row.state is ConversationState.ANSWERED
    assert row.answered_at is not None
    assert timedelta(minutes=47) <= row.answered_at - row.opened_at < timedelta(minutes=48)
    assert [(event.actor, event.kind) for event in store.conversations.events(row.conversation_id)] == [("czujka", "answered")]
    assert store.conversations.get(marek.conversation_id).state is ConversationState.NEW, "nobody answered him"

    with serving(dairy) as base, httpx.Client(base_url=base, headers={"Accept-Language": "pl"}, timeout=60) as jan:
        signed = jan.post("/sign-in", data={"token": invite(store, "jan", dairy.now)})
        jan.headers["Cookie"] = signed.headers["set-cookie"].split(";")[0]  # meant for https alone, which a proxy brings
        assert "Odpowiedź po 47 min" in jan.get(f"/conversations/{kasia.conversation_id}").text
        his = f"/conversations/{marek.conversation_id}"
        assert "Teraz odpowiada Anna Lis." in jan.get(his).text
        told = jan.get("/events", params={"talk": marek.conversation_id}).json()
        assert "Anna Lis" in told["writer"]
        version = store.conversations.get(marek.conversation_id).version
        assert jan.post(f"{his}/answered", data={"csrf": form_of(jan, his), "version": version}).status_code == 409
        dairy.post("facebook", "Już sprawdzamy, gdzie jest paczka.", "polna", reply_to=other)
        assert jan.get("/events", params={"talk": marek.conversation_id}).json()["writer"] == "", "she has answered"
    dairy.forward("1s")
    assert store.conversations.get(marek.conversation_id).state is ConversationState.ANSWERED
    dairy.expect_nothing_else()
