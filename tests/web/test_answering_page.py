"""Anna answers on Mastodon from the conversation's page, without a script: looked over, approved by Jan, sent once, shown as sent."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest

from core.types import ConversationState, Finding, Reading, Severity
from tests.fakes.social import TOKEN
from tests.web.site import Site, form_of
from tests.web.talking import Talk, talking

TEXT = "Już sprawdzamy, napiszemy dziś."


@pytest.fixture
def talk(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Talk]:
    monkeypatch.setenv("CZUJKA_TEST_TOKEN", TOKEN)
    with talking(site) as found:
        yield found


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
