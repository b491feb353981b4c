"""What people do on the pages beyond taking and ending: each act changes what it says, nothing else, and not for those who may not."""

import re
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from alerts.channels.email import Settings as Mail
from collector.file import Settings as File
from core.http import Http
from core.settings import Layer, Person, Schedule
from core.table import Secret
from core.types import ConversationState, IncidentState, Severity
from core.verdicts import Said
from czujka.doctor import audit
from tests.web.calling import api, problem, token_of
from tests.web.seed import Seed
from tests.web.site import NOW, Clock, Site, Visit, form_of, serve
from web import Context
from web.pages.setup import tables


@pytest.fixture
def anna(site: Site) -> Iterator[httpx.Client]:
    with site.client("anna") as client:
        yield client


def post(client: httpx.Client, path: str, **values: object) -> httpx.Response:
    return client.post(path, data={"csrf": form_of(client, "/"), **values})


def test_severity_is_changed_by_people_and_stands_in_the_history(site: Site, anna: httpx.Client) -> None:
    assert post(anna, f"/incidents/{site.city.parcels}/grade", severity="low").status_code == HTTPStatus.SEE_OTHER
    card = site.store.incidents.card(site.city.parcels)
    assert card.row.severity is Severity.LOW
    assert (card.events[-1].kind, card.events[-1].actor) == ("severity", "anna")


def test_an_incident_is_handed_over_to_another_team(site: Site, anna: httpx.Client) -> None:
    post(anna, f"/incidents/{site.city.leak}/hand-over", owner="security")
    assert site.store.incidents.card(site.city.leak).row.owner == "security"
    refused = post(anna, f"/incidents/{site.city.leak}/hand-over", owner="nobody")
    assert refused.status_code == HTTPStatus.CONFLICT
    assert "That cannot be done now" in refused.text


def test_a_whole_story_is_irrelevant_in_one_tap(site: Site, anna: httpx.Client) -> None:
    post(anna, f"/incidents/{site.city.parcels}/irrelevant")
    row = site.store.incidents.card(site.city.parcels).row
    assert row.state is IncidentState.RESOLVED
    assert row.irrelevant_until is not None
    assert row.irrelevant_until > NOW


def test_two_incidents_become_one_and_posts_are_split_off_again(site: Site, anna: httpx.Client) -> None:
    before = site.store.incidents.card(site.city.parcels).row.items
    post(anna, f"/incidents/{site.city.parcels}/merge", other=site.city.safety)
    assert site.store.incidents.card(site.city.parcels).row.items == before + 1
    last = site.store.incidents.items(site.city.parcels, limit=100)
    moved = next(item.item_id for item in last if any(found.label == "complaint.safety" for found in item.findings))
    answer = post(anna, f"/incidents/{site.city.parcels}/split", item=[moved])
    new = int(answer.headers["location"].rsplit("/", 1)[1])
    assert [item.item_id for item in site.store.incidents.items(new)] == [moved]
    assert site.store.incidents.card(site.city.parcels).row.items == before


def test_who_may_not_act_on_the_other_incident_cannot_merge_it(site: Site) -> None:
    rob = Person(id="rob", name="Rob", roles=("responder@owner:care",))
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, rob)})
    with site.client("rob") as client:
        answer = post(client, f"/incidents/{site.city.parcels}/merge", other=site.city.leak)
        assert answer.status_code == HTTPStatus.NOT_FOUND
    assert site.store.incidents.card(site.city.leak).row.merged_into is None


def test_a_note_is_text_whatever_stands_in_it(site: Site, anna: httpx.Client) -> None:
    post(anna, f"/incidents/{site.city.leak}/note", text="<b>asked legal</b>")
    page = anna.get(f"/incidents/{site.city.leak}").text
    assert "&lt;b&gt;asked legal&lt;/b&gt;" in page
    assert "<b>asked legal</b>" not in page


def test_a_verdict_is_given_and_changed_and_shown_to_others(site: Site, anna: httpx.Client) -> None:
    item = site.store.incidents.card(site.city.leak).evidence[0]
    finding = item.findings[0].finding_id
    assert finding is not None
    post(anna, f"/findings/{finding}/verdict", said="wrong")
    post(anna, f"/findings/{finding}/verdict", said="right")
    assert [one.said for one in site.store.verdicts.history(finding)] == [Said.WRONG, Said.RIGHT]
    with site.client("jan") as jan:
        assert "Anna Lis: right" in jan.get(f"/incidents/{site.city.leak}").text


def test_a_verdict_wants_a_post_that_may_be_seen(site: Site) -> None:
    rob = Person(id="rob", name="Rob", roles=("responder@owner:care",))
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, rob)})
    finding = site.store.incidents.card(site.city.leak).evidence[0].findings[0].finding_id
    assert finding is not None
    with site.client("rob") as client:
        assert post(client, f"/findings/{finding}/verdict", said="wrong").status_code == HTTPStatus.NOT_FOUND
    assert site.store.verdicts.history(finding) == []


def test_while_anna_is_answering_jan_sees_it_and_cannot_answer_too(site: Site, anna: httpx.Client) -> None:
    talk = f"/conversations/{site.city.late_talk}"
    post(anna, f"{talk}/claim")
    version = site.store.conversations.get(site.city.late_talk).version
    with site.client("jan") as jan:
        assert "Anna Lis is answering right now." in jan.get(talk).text
        answer = post(jan, f"{talk}/answered", version=version)
        assert answer.status_code == HTTPStatus.CONFLICT
        assert "Somebody is answering already" in answer.text
        assert site.store.conversations.get(site.city.late_talk).state is ConversationState.NEW
        post(anna, f"{talk}/release")
        post(jan, f"{talk}/answered", version=version)
    assert site.store.conversations.get(site.city.late_talk).state is ConversationState.ANSWERED
    post(anna, f"{talk}/reopen", version=site.store.conversations.get(site.city.late_talk).version)
    assert site.store.conversations.get(site.city.late_talk).state in (ConversationState.NEW, ConversationState.ASSIGNED)


def test_the_draft_speaks_the_author_s_language_and_nothing_is_sent(site: Site, anna: httpx.Client) -> None:
    polish, english = (anna.get(f"/conversations/{n}").text for n in (site.city.late_talk, site.city.fresh_talk))
    assert "Dzień dobry @kasia_w, przepraszamy za kłopot z rozliczeniem." in polish
    assert "Hello @tom_in_krk, thank you for your question." in english
    assert "never put the blame on the customer" in polish


def test_many_are_taken_at_once_and_what_is_old_or_foreign_is_left(site: Site) -> None:
    rob = Person(id="rob", name="Rob", roles=("responder@owner:care",))
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, rob)})
    chosen = [f"i{site.city.safety}", f"i{site.city.leak}", f"c{site.city.late_talk}.99", "i999999"]
    with site.client("rob") as client:
        answer = post(client, "/inbox/act", what="take", chosen=chosen)
        assert answer.headers["location"] == "/?done=1&left=3"
        assert "3 were left as they are" in client.get(answer.headers["location"]).text
        version = site.store.conversations.get(site.city.late_talk).version
        post(client, "/inbox/act", what="close", chosen=[f"c{site.city.late_talk}.{version}", f"i{site.city.safety}"])
        assert post(client, "/inbox/act", what="take", chosen=["x1"]).status_code == HTTPStatus.BAD_REQUEST
    assert site.store.incidents.card(site.city.safety).row.acknowledged_by == "rob"
    assert site.store.incidents.card(site.city.leak).row.state is IncidentState.OPEN
    assert site.store.conversations.get(site.city.late_talk).state is ConversationState.CLOSED


def test_a_mute_is_made_shown_and_ended(site: Site, anna: httpx.Client) -> None:
    values = {"kind": "term", "value": "bursztynowy naszyjnik", "reason": "jewellery", "length": "1d"}
    assert post(anna, "/mutes", **values).status_code == HTTPStatus.SEE_OTHER
    (mute,) = site.store.easing.mutes(NOW)
    assert (mute.value, mute.made_by, mute.ends_at - NOW) == ("bursztynowy naszyjnik", "anna", timedelta(days=1))
    assert "bursztynowy naszyjnik" in anna.get("/mutes").text
    for wrong in ({"value": "ab"}, {"reason": " "}, {"kind": "label", "value": "*"}, {"kind": "source", "value": "none-such"}):
        assert post(anna, "/mutes", **values | wrong).status_code == HTTPStatus.UNPROCESSABLE_ENTITY, wrong
    post(anna, f"/mutes/{mute.mute_id}/end")
    assert site.store.easing.mutes(NOW) == []


def test_an_expected_event_is_made_and_ended(site: Site, anna: httpx.Client) -> None:
    post(anna, "/expected", name="Wielkie rozdanie", factor="10", length="4w")
    (event,) = site.store.easing.expected(NOW)
    assert (event.name, event.factor) == ("Wielkie rozdanie", 10)
    post(anna, f"/expected/{event.expected_id}/end")
    assert site.store.easing.expected(NOW) == []


def test_who_tunes_one_brand_mutes_nothing_for_all(site: Site) -> None:
    olga = Person(id="olga", name="Olga", roles=("account-owner@brand:polna",))
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, olga)})
    values = {"kind": "term", "value": "naszyjnik", "reason": "jewellery", "length": "1d"}
    with site.client("olga") as client:
        assert post(client, "/mutes", **values).status_code == HTTPStatus.FORBIDDEN
        assert post(client, "/mutes", **values, brand="polna").status_code == HTTPStatus.SEE_OTHER
    assert [one.brand for one in site.store.easing.mutes(NOW)] == ["polna"]


def test_a_test_page_reaches_one_s_own_contact_and_no_other(site: Site, anna: httpx.Client, tmp_path: Path) -> None:
    mail = Mail(id="mail", kind="email", folder=tmp_path / "mail")
    site.context.settings = site.context.settings.model_copy(update={"channel": (mail,)})
    site.context.http = Http()
    assert "Send me a test page" in anna.get("/owners").text
    assert "A test page is on its way to email:anna@polna.example." in post(anna, "/owners/test", contact="email:anna@polna.example").text
    (letter,) = (tmp_path / "mail").glob("*.eml")
    assert b"anna@polna.example" in letter.read_bytes()
    assert post(anna, "/owners/test", contact="email:jan@polna.example").status_code == HTTPStatus.NOT_FOUND
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    with api(site, token_of(site, "anna", ("see", "act"))) as client:
        problem(client.post("/me/test-page", json={"contact": "email:jan@polna.example"}), 404, "not_found")
        assert client.post("/me/test-page", json={"contact": "email:anna@polna.example"}).status_code == HTTPStatus.NO_CONTENT
        site.context.settings = site.context.settings.model_copy(update={"channel": (mail.model_copy(update={"folder": letter}),)})
        problem(client.post("/me/test-page", json={"contact": "email:anna@polna.example"}), 502, "not_delivered")
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 2


def test_on_call_shows_the_week_with_its_gaps_and_takes_an_override(site: Site, anna: httpx.Client) -> None:
    rota = Schedule(id="pr-rota", layer=(Layer(people=("anna", "jan"), hours="mon-fri 06:00-22:00"),))
    site.context.settings = site.context.settings.model_copy(update={"schedule": (rota,)})
    page = anna.get("/on-call").text
    assert "nobody now: the fallback would be paged" in page
    assert "Fri 20 Nov" in page
    assert "nobody is on call" in page
    when = {"starts": "2026-11-20T22:00", "ends": "2026-11-21T08:00"}
    assert post(anna, "/on-call/override", schedule="pr-rota", person="jan", **when).status_code == HTTPStatus.SEE_OTHER
    (made,) = site.store.oncall.overrides(NOW, NOW + timedelta(hours=1))
    assert (made.person, made.starts_at.hour, made.ends_at - made.starts_at) == ("jan", 21, timedelta(hours=10))
    assert re.search(r"<strong>Jan Wrona</strong>\s+would be paged now", anna.get("/on-call").text)
    backwards = {"starts": "2026-11-22T08:00", "ends": "2026-11-21T08:00"}
    answer = post(anna, "/on-call/override", schedule="pr-rota", person="jan", **backwards)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_settings_show_no_secret(site: Site, anna: httpx.Client) -> None:
    mail = Mail(id="mail", kind="email", server="smtp.example.com:587", username="czujka", password=Secret(env="SMTP_PASSWORD"))
    storage = site.context.settings.storage.model_copy(update={"url": "postgresql+psycopg://czujka:hunter2@db/czujka"})
    site.context.settings = site.context.settings.model_copy(update={"channel": (mail,), "storage": storage})
    page = anna.get("/settings").text
    assert "env SMTP_PASSWORD" in page
    assert "hunter2" not in page
    assert "@db/czujka" in page
    assert dict(next(keys for name, _, keys in tables(site.context.settings) if name == "[company]"))["name"] == "Mleczarnia Polna"


def test_ten_thousand_open_incidents_cost_no_more_questions_than_a_few(context: Context) -> None:
    def asked() -> tuple[int, int]:
        statements: list[str] = []
        engine = context.store.database.engine

        def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        with site.client() as client:
            client.get("/")
            sa.event.listen(engine, "before_cursor_execute", note)
            page = client.get("/").text
            sa.event.remove(engine, "before_cursor_execute", note)
        reading = [one for one in statements if re.search(r"FROM incident\b", one)]
        assert reading
        assert all("LIMIT" in one or "count(" in one for one in reading), "rows that are read are bounded"
        return len(statements), len(re.findall(r'id="incident-\d+"', page))

    with serve(context) as url:
        site = Site(url, context.store, context, Clock(), None)  # type: ignore[arg-type]
        few, _ = asked()
        seed = Seed(context.store, NOW, ids=[0] * 500)
        item = seed.post("wszędzie to samo", ("", "complaint.outage", Severity.HIGH))
        model = seed.opens([item], "complaint.outage", Severity.HIGH, "care")
        copy_incident(context, model, 10_000)
        many, shown = asked()
    assert many == few
    assert shown == 20


def copy_incident(context: Context, model: int, times: int) -> None:
    """As many open incidents more, each with a dedup key of its own."""
    with context.store.database.write() as connection:
        row = dict(connection.execute(sa.text("SELECT * FROM incident WHERE id = :id"), {"id": model}).mappings().one())
        row.pop("id")
        columns = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        rows = [{**row, "dedup_key": f"copy:{n}"} for n in range(times)]
        connection.execute(sa.text(f"INSERT INTO incident ({columns}) VALUES ({values})"), rows)


def test_anna_is_answering_appears_to_jan_while_she_types_and_goes_when_she_leaves_it(site: Site, visit: Visit) -> None:
    address = f"{site.url}/conversations/{site.city.late_talk}"
    jan = visit.page(address, sign_in=site.link("jan"))
    line = jan.locator("#writer")
    expect(line).to_be_hidden()
    anna = visit.page(address, sign_in=site.link("anna"))
    anna.locator("#reply").press_sequentially("Dzień")
    expect(line).to_have_text("Anna Lis is answering right now.", timeout=30_000)
    expect(anna.locator("#writer")).to_be_hidden()
    expect(jan.get_by_role("button", name="Mark as answered")).to_have_count(0, timeout=30_000)
    anna.reload()
    anna.get_by_role("button", name="I am not answering after all").click()
    expect(line).to_be_hidden(timeout=30_000)


def test_who_may_not_see_a_conversation_is_not_told_who_answers_it(site: Site) -> None:
    rob = Person(id="rob", name="Rob", roles=("viewer@owner:security",))
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, rob)})
    with site.client("rob") as client:
        assert client.get("/events").status_code == HTTPStatus.OK
        assert client.get("/events", params={"talk": site.city.late_talk}).status_code == HTTPStatus.NOT_FOUND


def test_what_needs_attention_is_said_in_the_reader_s_language(site: Site) -> None:
    context = site.context
    source = File.model_validate({"id": "facebook-page", "kind": "file", "path": "x.csv"})
    context.settings = context.settings.model_copy(update={"source": (source,)})
    context.examine = lambda: audit(context.settings, context.store, NOW)
    with site.client("anna", "pl") as polish, site.client("anna", "en") as english:
        page = polish.get("/settings").text
        assert "źródło facebook-page" in page
        assert "nieudane próby: 1, ostatnia: unauthorized" in page
        assert "odnów token albo jego uprawnienia" in page
        assert "source facebook-page" not in page
        assert "renew the token or its permissions" in english.get("/settings").text
