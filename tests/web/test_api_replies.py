"""Programs answer on platforms as people do from the page: looked over, approved by another, said once, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from core.types import ConversationState, Finding, Reading, Severity
from tests.fakes.social import TOKEN
from tests.web.calling import api, evening_at, problem, token_of
from tests.web.talking import Talk, talking

TEXT = "Już sprawdzamy, napiszemy dziś."


@pytest.fixture
def talk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Talk]:
    monkeypatch.setenv("CZUJKA_TEST_TOKEN", TOKEN)
    with evening_at(database_url, tmp_path) as site, talking(site) as found:
        yield found


def finds(talk: Talk, severity: Severity) -> None:
    """The rules find something in every draft."""

    def judge(_: Reading) -> list[Finding]:
        return [Finding(label="leak.codename", score=1.0, severity=severity, detector="t@1")]

    talk.site.context.judge = judge


def seen(client: httpx.Client, path: str) -> dict[str, str]:
    return {"If-Match": client.get(path).headers["etag"]}


def post(client: httpx.Client, talk: Talk, path: str, **body: object) -> httpx.Response:
    """Whoever calls has just read the conversation."""
    return client.post(f"{talk.path}/{path}", headers=seen(client, talk.path), json=body or None)


def test_one_writes_another_approves_and_it_is_said_once(talk: Talk) -> None:
    with api(talk.site, token_of(talk.site)) as ada, api(talk.site, token_of(talk.site, "jan")) as jan:
        way = ada.get(f"{talk.path}/replies").json()["way"]
        assert way == {"source": "there", "speaks_as": "polna", "can": ["like", "reply"], "limit": 500, "approval": True}
        looked = ada.post(f"{talk.path}/look-over", json={"text": TEXT}).json()
        assert looked == {"length": len("@kasia ") + 31, "limit": 500, "too_long": False, "blocked": False, "findings": []}
        assert talk.site.store.replies.of(talk.number) == []
        made = post(ada, talk, "replies", text=TEXT)
        assert (made.status_code, made.json()["state"], made.json()["written_by"]) == (201, "approval", "ada")
        one = f"{talk.path}/replies/{made.json()['id']}"
        problem(ada.post(f"{one}/approve", headers={"If-Match": made.headers["etag"]}), 409, "own_words")
        talk.sweep()
        assert talk.there.took == []
        approved = jan.post(f"{one}/approve", headers=seen(jan, one))
        assert (approved.status_code, approved.json()["approved_by"]) == (200, "jan")
        problem(jan.post(f"{one}/approve", headers={"If-Match": made.headers["etag"]}), 412, "version_changed")
        talk.sweep()
        talk.sweep()
        assert talk.there.took == [f"@kasia@other.example {TEXT}"]
        sent = ada.get(one).json()
        assert (sent["state"], sent["remote_id"]) == ("sent", "https://social.example/users/polna/statuses/101")
        assert talk.row().state is ConversationState.ANSWERED
        problem(ada.post(f"{one}/withdraw", headers=seen(ada, one)), 409, "conflict")
    acts = [(line.actor, line.act) for line in talk.site.store.audit.lines(50)]
    assert ("jan", "POST /conversations/{conversation_id}/replies/{reply_id}/approve") in acts


def test_a_call_repeated_after_a_time_out_says_nothing_twice(talk: Talk) -> None:
    with api(talk.site, token_of(talk.site)) as ada:
        before = seen(ada, talk.path)
        assert ada.post(f"{talk.path}/replies", headers=before, json={"text": TEXT}).status_code == 201
        problem(ada.post(f"{talk.path}/replies", headers=before, json={"text": TEXT}), 412, "version_changed")
        problem(ada.post(f"{talk.path}/replies", headers={"If-Match": "*"}, json={"text": TEXT}), 412, "version_changed")
        problem(ada.post(f"{talk.path}/replies", json={"text": TEXT}), 422, "invalid")
        problem(post(ada, talk, "replies", text="Coś innego."), 409, "conflict")
        assert len(talk.site.store.replies.of(talk.number)) == 1


def test_what_the_rules_find_is_told_and_what_is_critical_never_sent(talk: Talk) -> None:
    with api(talk.site, token_of(talk.site)) as ada:
        finds(talk, Severity.MEDIUM)
        looked = ada.post(f"{talk.path}/look-over", json={"text": TEXT}).json()
        assert [one["label"] for one in looked["findings"]] == ["leak.codename"]
        assert "leak.codename" in problem(post(ada, talk, "replies", text=TEXT), 409, "look_first")["detail"]
        finds(talk, Severity.CRITICAL)
        problem(post(ada, talk, "replies", text=TEXT, anyway=True), 409, "critical")
        finds(talk, Severity.MEDIUM)
        problem(post(ada, talk, "replies", text="ą" * 600, anyway=True), 409, "too_long")
        problem(post(ada, talk, "replies", text=" \u0000 ", anyway=True), 409, "conflict")
        assert talk.site.store.replies.of(talk.number) == []
        made = post(ada, talk, "replies", text=f"{TEXT}\u0000", anyway=True)
        assert (made.status_code, made.json()["text"]) == (201, TEXT)


def test_likes_hidings_and_what_is_withdrawn(talk: Talk) -> None:
    with api(talk.site, token_of(talk.site)) as ada:
        liked = post(ada, talk, "like")
        assert (liked.status_code, liked.json()["kind"], liked.json()["state"]) == (201, "like", "waiting")
        problem(post(ada, talk, "hide"), 409, "off")
        made = post(ada, talk, "replies", text=TEXT)
        one = f"{talk.path}/replies/{made.json()['id']}"
        assert ada.post(f"{one}/withdraw", headers=seen(ada, one)).json()["state"] == "withdrawn"
        talk.sweep()
        assert (talk.there.likes, talk.there.took) == (["7"], [])
        problem(ada.post(f"{one}/arrived", headers=seen(ada, one)), 409, "conflict")
        problem(
            ada.post(f"/conversations/{talk.site.city.late_talk}/replies/{made.json()['id']}/withdraw", headers=seen(ada, one)),
            404,
            "not_found",
        )


def test_who_may_not_act_or_see_is_told_so_and_an_unknown_outcome_is_settled(talk: Talk) -> None:
    site = talk.site
    with api(site, token_of(site, scopes=("see",))) as reader, api(site, token_of(site, "vera")) as vera, api(site, token_of(site)) as ada:
        problem(post(reader, talk, "replies", text=TEXT), 403, "scope_missing")
        problem(reader.post(f"{talk.path}/look-over", json={"text": TEXT}), 403, "scope_missing")
        problem(vera.get(f"{talk.path}/replies"), 404, "not_found")
        source = site.context.settings.source[0].model_copy(update={"second_pair_of_eyes": False})
        site.context.settings = site.context.settings.model_copy(update={"source": (source,)})
        made = post(ada, talk, "replies", text=TEXT)
        with site.store.database.write() as connection:
            connection.exec_driver_sql("UPDATE reply SET state = 'undecided', version = version + 1")
        one = f"{talk.path}/replies/{made.json()['id']}"
        problem(reader.post(f"{one}/arrived", headers=seen(reader, one)), 403, "scope_missing")
        assert ada.post(f"{one}/again", headers=seen(ada, one)).json()["state"] == "waiting"
        with site.store.database.write() as connection:
            connection.exec_driver_sql("UPDATE reply SET state = 'undecided', version = version + 1")
        assert ada.post(f"{one}/arrived", headers=seen(ada, one)).json()["state"] == "sent"
    assert talk.row().state is ConversationState.ANSWERED
    assert talk.there.took == []
