"""Story: care answers from the inbox, with a second pair of eyes. The platform's own ledger is the judge. On SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from actions.sign_in import invite
from core.types import ConversationState, Scope, Voice
from tests.acceptance.city import City
from tests.acceptance.test_stories import serving
from tests.fakes.server import Reply, Request
from tests.fakes.social import TOKEN, MastodonThere, shown
from tests.web.site import form_of

ASKED = "@polna moja paczka nie dotarła, co teraz?"
LEAK = "Przepraszamy, to przez Projekt Bursztyn."
TEXT = "Przepraszamy! Sprawdzamy u przewoźnika i napiszemy dziś do 14."
SAID = f"@kasia@other.example {TEXT}"


class OurAccount(MastodonThere):
    """The server of our own account: what we post, what is written under it, and what we answer."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.clock, self.since = clock, clock()
        self.asked: list[dict[str, Any]] = []

    def asks(self, text: str) -> None:
        """Kasia writes under our post."""
        self.asked.append(self._shown("7", text, "kasia", "1", self.clock()))

    def answer(self, request: Request) -> Reply:
        self.now = self.clock()
        ours = [*reversed(self.keys.values()), self._shown("1", "Nowy kefir z Mleczarni Polnej.", "polna", None, self.since)]
        if request.path == "/api/v1/accounts/lookup":
            return shown({"id": "polna", "username": "polna"})
        if request.path == "/api/v1/accounts/polna/statuses":
            after, before = int(request.query.get("min_id", 0)), int(request.query.get("max_id", 10**6))
            return shown([one for one in ours if after < int(one["id"]) < before])
        if request.path == "/api/v1/statuses/1/context":
            return shown({"ancestors": [], "descendants": [*self.asked, *self.keys.values()]})
        if request.path == "/api/v1/statuses/101/context":
            return shown({"ancestors": [], "descendants": []})
        if request.method == "GET" and not request.path.endswith("/context"):
            found = [one for one in (*ours, *self.asked) if request.path == f"/api/v1/statuses/{one['id']}"]
            return shown(found[0]) if found else shown({"error": "Record not found"}, 404)
        return super().answer(request)

    def _status(self, body: dict[str, Any], key: str) -> Reply:
        answer = super()._status(body, key)
        self.keys[key] |= {"account": _account("polna"), "visibility": body["visibility"]}
        return answer

    def _shown(self, number: str, text: str, by: str, under: str | None, at: datetime) -> dict[str, Any]:
        uri = f"https://social.example/users/{by}/statuses/{number}"
        status = {"id": number, "uri": uri, "url": uri, "content": f"<p>{text}</p>", "created_at": at.isoformat()}
        return status | {"account": _account(by), "in_reply_to_id": under, "visibility": "unlisted"}


def _account(name: str) -> dict[str, str]:
    """Kasia is at home on another server."""
    return {"id": name, "username": name, "acct": name if name == "polna" else f"{name}@other.example", "display_name": name.title()}


@contextmanager
def answering(dairy: City) -> Iterator[OurAccount]:
    """Care, that is Ewa and Jan, answers on Mastodon; nothing goes out unseen."""
    with OurAccount(lambda: dairy.now) as there:
        more = {"brand": "polna", "scope": Scope.OFFICIAL, "every": timedelta(seconds=1), "second_pair_of_eyes": True}
        settings = dairy.house.settings
        care = [one.model_copy(update={"people": ("ewa", "jan")}) if one.id == "care" else one for one in settings.owner]
        update = {"source": (*settings.source, there.settings().model_copy(update=more)), "owner": tuple(care)}
        dairy.house.settings = settings.model_copy(update=update)
        dairy.house.store.sources.sync([source.id for source in dairy.house.settings.source], dairy.now)
        yield there


@contextmanager
def signed_in(dairy: City, base: str, person: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base, headers={"Accept-Language": "pl"}, timeout=60) as client:
        signed = client.post("/sign-in", data={"token": invite(dairy.house.store, person, dairy.now)})
        client.headers["Cookie"] = signed.headers["set-cookie"].split(";")[0]  # meant for https alone, which a proxy brings
        yield client


def test_our_reply_from_the_inbox_reaches_the_platform(dairy: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ewa's slip is stopped, Jan reads what she writes instead, Kasia sees it once, and when it is collected it is known as that."""
    monkeypatch.setenv("CZUJKA_TEST_TOKEN", TOKEN)
    store = dairy.house.store
    with answering(dairy) as there:
        dairy.at("2026-11-20 10:00")
        there.asks(ASKED)
        dairy.forward("1m")
        [talk] = store.conversations.list(limit=10)
        assert (talk.owner, talk.state) == ("care", ConversationState.NEW)
        path = f"/conversations/{talk.conversation_id}"
        with serving(dairy) as base, signed_in(dairy, base, "ewa") as ewa, signed_in(dairy, base, "jan") as jan:

            def post(client: httpx.Client, act: str, **values: object) -> httpx.Response:
                version = store.conversations.get(talk.conversation_id).version
                return client.post(f"{path}/{act}", data={"csrf": form_of(client, path), "version": version, **values})

            assert "Tego nie można wysłać" in post(ewa, "reply", text=LEAK, anyway="yes").text
            assert post(ewa, "reply", text=TEXT).status_code == 303
            [reply] = store.replies.of(talk.conversation_id)
            approve = f"replies/{reply.reply_id}/approve"
            assert post(ewa, approve, version=reply.version).status_code == 409, "not by whoever wrote it"
            dairy.forward("5m")
            assert there.took == [], "nobody has approved it"
            assert TEXT in jan.get(path).text
            assert post(jan, approve, version=reply.version).status_code == 303
            dairy.forward("2s")
            assert there.took == [SAID]
            assert "Odpowiedź: wysłano" in ewa.get(path).text
        dairy.forward("10m")
        assert there.took == [SAID], "said once, however often the service looks"
    row = store.conversations.get(talk.conversation_id)
    assert row.state is ConversationState.ANSWERED
    thread = [(item.voice, item.quote.text) for item in store.conversations.thread(talk.conversation_id)]
    assert (Voice.OURS, SAID) in thread, "it was collected, and is known as ours"
    told = [(event.actor, event.kind) for event in store.conversations.events(talk.conversation_id)]
    assert told == [("ewa", "reply_written"), ("jan", "reply_approved"), ("czujka", "reply_sent")]
