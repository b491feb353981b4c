"""Anna answers on Mastodon from the conversation's page, without a script: looked over, approved by Jan, sent once, shown as sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

import httpx
import pytest

from core.records import ConversationRow
from core.types import Author, ConversationState, Feeling, Finding, Item, ItemKind, Reading, Scope, Severity, Understanding, Voice
from czujka.answering import answer_due
from czujka.house import House
from storage.items import Arrival
from storage.reading import Read
from tests.fakes.social import NOW as THEN
from tests.fakes.social import TOKEN, MastodonThere, http
from tests.web.seed import Seed
from tests.web.site import NOW, Site, form_of

TEXT = "Już sprawdzamy, napiszemy dziś."


@dataclass
class Talk:
    """One conversation on Mastodon that the site can answer."""

    site: Site
    there: MastodonThere
    number: int

    @property
    def path(self) -> str:
        return f"/conversations/{self.number}"

    def row(self) -> ConversationRow:
        return self.site.store.conversations.get(self.number)

    def post(self, client: httpx.Client, path: str, **values: object) -> httpx.Response:
        return client.post(f"{self.path}/{path}", data={"csrf": form_of(client, "/"), "version": self.row().version, **values})

    def sweep(self) -> None:
        client = http()
        house = House.__new__(House)
        house.settings, house.store, house.http, house.clock = self.site.context.settings, self.site.store, client, lambda: NOW
        answer_due(house)
        client.close()


@pytest.fixture
def talk(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Talk]:
    monkeypatch.setenv("CZUJKA_TEST_TOKEN", TOKEN)
    with MastodonThere() as there:
        source = there.settings().model_copy(update={"second_pair_of_eyes": True})
        site.context.settings = site.context.settings.model_copy(update={"source": (source,)})
        item = Item(
            platform="mastodon",
            external_id="https://other.example/statuses/7",
            kind=ItemKind.POST,
            text="gdzie moja paczka?",
            voice=Voice.PUBLIC,
            created_at=THEN,
            author=Author(id="kasia", handle="kasia@other.example"),
            raw={"id": "7", "visibility": "unlisted"},
        )
        site.store.items.add(
            [Arrival(item=item, source_id="there", brand="polna", scope=Scope.MENTION, may_page=True, collected_at=NOW)], NOW
        )
        (unread,) = site.store.reading.unread("seed", 5, NOW)
        feeling = Feeling(label="neutral", negative=0.1, neutral=0.8, positive=0.1)
        site.store.reading.apply([Read(unread, Understanding(lang="pl", feeling=feeling, findings=()))], "seed", NOW)
        number = Seed(site.store, NOW).converses(unread.item_id, "kasia", "pr", timedelta(hours=1), "mastodon")
        yield Talk(site, there, number)


def test_anna_writes_jan_approves_and_it_is_said_once(talk: Talk) -> None:
    with talk.site.client("anna") as anna, talk.site.client("jan") as jan:
        page = anna.get(talk.path).text
        assert "at most 500 characters" in page
        assert "Another person must approve it" in page
        looked = talk.post(anna, "look-over", text=TEXT)
        assert "characters left" in looked.text
        assert talk.site.store.replies.of(talk.number) == []
        assert talk.post(anna, "reply", text=TEXT).status_code == HTTPStatus.SEE_OTHER
        talk.sweep()
        assert talk.there.took == []
        (row,) = talk.site.store.replies.of(talk.number)
        mine, theirs = anna.get(talk.path).text, jan.get(talk.path).text
        assert "waits for a second pair of eyes" in mine
        assert ("Approve: it goes out" in mine, "Approve: it goes out" in theirs) == (False, True)
        approve = f"replies/{row.reply_id}/approve"
        assert talk.post(anna, approve, version=row.version).status_code == HTTPStatus.CONFLICT
        assert talk.post(jan, approve, version=row.version).status_code == HTTPStatus.SEE_OTHER
        talk.sweep()
        talk.sweep()
        assert talk.there.took == [f"@kasia@other.example {TEXT}"]
        assert talk.row().state is ConversationState.ANSWERED
        assert "Reply: sent" in anna.get(talk.path).text


def test_what_the_rules_find_is_shown_and_a_leak_is_never_sent(talk: Talk) -> None:
    severity = Severity.CRITICAL

    def judge(reading: Reading) -> list[Finding]:
        assert (reading.voice, reading.text) == ("ours", TEXT)
        return [Finding(label="leak.codename", score=1.0, severity=severity, detector="t@1")]

    talk.site.context.judge = judge
    with talk.site.client("anna") as anna:
        blocked = talk.post(anna, "reply", text=TEXT, anyway="yes")
        assert "This cannot be sent: change it first." in blocked.text
        assert TEXT in blocked.text
        assert talk.site.store.replies.of(talk.number) == []
        severity = Severity.MEDIUM
        warned = talk.post(anna, "reply", text=TEXT)
        assert "Send all the same" in warned.text
        assert talk.site.store.replies.of(talk.number) == []
        assert talk.post(anna, "reply", text=TEXT, anyway="yes").status_code == HTTPStatus.SEE_OTHER
        assert len(talk.site.store.replies.of(talk.number)) == 1


def test_where_it_is_off_nothing_is_offered_and_nothing_taken(talk: Talk) -> None:
    source = talk.site.context.settings.source[0].model_copy(update={"answer": False})
    talk.site.context.settings = talk.site.context.settings.model_copy(update={"source": (source,)})
    with talk.site.client("anna") as anna:
        page = anna.get(talk.path).text
        assert "nothing is sent from here" in page
        assert "/react/like" not in page
        assert talk.post(anna, "reply", text=TEXT).status_code == HTTPStatus.CONFLICT
    with talk.site.client("ewa") as ewa:
        assert talk.site.store.replies.of(talk.number) == []
        assert ewa.get(talk.path).status_code == HTTPStatus.OK


def test_hostile_words_and_replies_of_other_conversations(talk: Talk) -> None:
    with talk.site.client("anna") as anna:
        hostile = "<script>alert(1)</script>"
        assert talk.post(anna, "reply", text=hostile).status_code == HTTPStatus.SEE_OTHER
        assert hostile not in anna.get(talk.path).text
        (row,) = talk.site.store.replies.of(talk.number)
        elsewhere = f"/conversations/{talk.site.city.late_talk}/replies/{row.reply_id}/withdraw"
        assert anna.post(elsewhere, data={"csrf": form_of(anna, "/"), "version": 0}).status_code == HTTPStatus.NOT_FOUND
        assert talk.post(anna, f"replies/{row.reply_id}/withdraw", version=row.version).status_code == HTTPStatus.SEE_OTHER
        assert talk.site.store.replies.of(talk.number)[0].state == "withdrawn"
