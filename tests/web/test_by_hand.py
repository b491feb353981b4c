"""What people arrange by hand on the pages: who answers, who is paged, what is expected. Nobody does what they may not."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import httpx
import pytest
import sqlalchemy as sa

from actions import incidents, oncall
from core.settings import Escalation, Layer, Owner, Person, Schedule, Step
from core.types import ConversationState, IncidentState, Severity
from storage.schema import item
from tests.web.seed import Seed
from tests.web.site import NOW, Site, form_of


@pytest.fixture
def anna(site: Site) -> Iterator[httpx.Client]:
    with site.client("anna") as client:
        yield client


def post(client: httpx.Client, path: str, **values: object) -> httpx.Response:
    return client.post(path, data={"csrf": form_of(client, "/account"), **values})


def engaged(site: Site, **roles: tuple[str, ...]) -> None:
    """People with these roles join the dairy."""
    people = tuple(Person(id=name, name=name.title(), timezone="America/New_York", roles=held) for name, held in roles.items())
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, *people)})


def offered(page: str) -> list[str]:
    """Who stands in the select of colleagues."""
    select = re.search(r'<select name="assignee">(.*?)</select>', page)
    return re.findall(r'value="(\w+)"', select[1]) if select else []


def test_a_conversation_is_given_to_a_colleague_who_may_answer_it(site: Site) -> None:
    engaged(site, rob=("responder@owner:care",), vera=("viewer",), bea=("responder@brand:other",))
    number = site.city.late_talk
    with site.client("ewa") as ewa:
        assert offered(ewa.get(f"/conversations/{number}").text) == ["rob"]
        seen = site.store.conversations.get(number).version
        answer = post(ewa, f"/conversations/{number}/assign", version=seen, assignee="rob")
        assert answer.status_code == HTTPStatus.SEE_OTHER
        row = site.store.conversations.get(number)
        assert (row.assignee, row.state) == ("rob", ConversationState.ASSIGNED)
        assert site.store.conversations.events(number)[-1].actor == "ewa"
        page = ewa.get(f"/conversations/{number}").text
        assert "Taken by Rob." in page
        assert offered(page) == ["ewa"], "whoever gave it away can take it back"
        late = post(ewa, f"/conversations/{number}/assign", version=seen, assignee="ewa")
        assert late.status_code == HTTPStatus.CONFLICT
        for unfit in ("vera", "bea", "anna", "nobody-known"):
            assert post(ewa, f"/conversations/{number}/assign", version=row.version, assignee=unfit).status_code == HTTPStatus.CONFLICT
    with site.client("vera") as vera:
        assert offered(vera.get(f"/conversations/{number}").text) == []
        refused = post(vera, f"/conversations/{number}/assign", version=row.version, assignee="ewa")
        assert refused.status_code == HTTPStatus.FORBIDDEN
    assert site.store.conversations.get(number).assignee == "rob"


def test_where_one_s_own_button_takes_it_the_select_names_the_others(site: Site, anna: httpx.Client) -> None:
    assert offered(anna.get(f"/conversations/{site.city.fresh_talk}").text) == ["jan", "ewa"]


def test_an_event_is_expected_ahead_by_the_visitor_s_own_clock(site: Site) -> None:
    engaged(site, nina=("admin",))
    values = {"name": "Black Friday", "factor": "5", "length": "1d"}
    with site.client("nina") as nina:
        assert post(nina, "/expected", **values, starts="2026-11-27T06:00").status_code == HTTPStatus.SEE_OTHER
        (planned,) = site.store.easing.expected(NOW)
        assert planned.starts_at == datetime(2026, 11, 27, 11, 0, tzinfo=UTC), "six in New York is eleven in UTC"
        assert planned.ends_at - planned.starts_at == timedelta(days=1)
        assert "begins" in nina.get("/mutes").text
        assert post(nina, "/expected", **values, starts="").status_code == HTTPStatus.SEE_OTHER
        assert [one.starts_at for one in site.store.easing.expected(NOW)] == [NOW, planned.starts_at]
        for slip in ("2062-11-27T06:00", "0001-01-01T00:00", "2026-11-01T06:00", "2026-11-27T06:00Z"):
            assert post(nina, "/expected", **values, starts=slip).status_code == HTTPStatus.UNPROCESSABLE_ENTITY, slip
    assert len(site.store.easing.expected(NOW, ended=True)) == 2


def test_an_override_stands_in_a_list_and_is_ended_by_those_who_may(site: Site) -> None:
    engaged(site, sid=("responder@owner:security",))
    rota = Schedule(id="care-rota", layer=(Layer(people=("ewa",)),))
    care = Owner(id="care", name="Customer care", people=("ewa",), schedule="care-rota")
    owners = tuple(care if one.id == "care" else one for one in site.context.settings.owner)
    site.context.settings = site.context.settings.model_copy(update={"schedule": (rota,), "owner": owners})
    number = oncall.override(site.store, site.context.settings, "care-rota", "jan", NOW, NOW + timedelta(hours=9), "ewa", NOW)
    path = f"/on-call/override/{number}/end"
    with site.client("sid") as sid:
        page = sid.get("/on-call").text
        assert "Instead of the rota" in page
        assert path not in page
        assert post(sid, path).status_code == HTTPStatus.FORBIDDEN
    with site.client("ewa", "pl") as ewa:
        page = ewa.get("/on-call").text
        assert "Zamiast grafiku" in page
        assert path in page
        assert post(ewa, path).status_code == HTTPStatus.SEE_OTHER
        assert "Zamiast grafiku" not in ewa.get("/on-call").text
        assert post(ewa, path).status_code == HTTPStatus.NOT_FOUND
    assert site.store.oncall.standing(NOW) == []


def test_where_the_escalation_was_changed_a_button_applies_it_once(site: Site) -> None:
    engaged(site, vera=("viewer",))
    calm = Escalation(id="calm", step=(Step(notify=("owner:care",), wait=timedelta(minutes=30)),))
    owners = tuple(one.model_copy(update={"escalation": "calm"}) if one.id == "care" else one for one in site.context.settings.owner)
    number, before = site.city.parcels, site.context.settings
    page, path = f"/incidents/{number}", f"/incidents/{number}/renew-policy"
    with site.client("ewa") as ewa:
        assert path in ewa.get(page).text, "it was opened without steps, and has some today"
        post(ewa, path)
        card = site.store.incidents.card(number)
        assert (card.row.state, card.next_step_at) == (IncidentState.OPEN, NOW)
        assert (card.events[-1].kind, card.events[-1].actor) == ("policy", "ewa")
        assert path not in ewa.get(page).text
        post(ewa, path)
        assert site.store.incidents.card(number).events == card.events, "a second click pages nobody again"
        site.context.settings = before.model_copy(update={"owner": owners, "escalation": (calm,)})
        assert path in ewa.get(page).text
        with site.client("vera") as vera:
            assert path not in vera.get(page).text
            assert post(vera, path).status_code == HTTPStatus.FORBIDDEN
        post(ewa, path)
        assert [step["wait_s"] for step in site.store.incidents.policy(number)["steps"]] == [1800]
        site.context.settings = before
        incidents.resolve(site.store, before, number, "ewa", NOW)
        assert path not in ewa.get(page).text, "what is over pages nobody"


def unassessed(site: Site, items: list[int]) -> Seed:
    """These posts are looked at once more, as those that were edited are: what they open stays."""
    with site.store.database.write() as connection:
        connection.execute(sa.update(item).where(item.c.id.in_(items)).values(assessed_at=None))
    return Seed(site.store, NOW)


def test_an_incident_and_its_conversations_name_each_other_to_those_who_may_see_both(site: Site) -> None:
    engaged(site, rob=("responder@owner:care",))
    (late,), (fresh,) = ([one.item_id for one in site.store.conversations.thread(n)] for n in (site.city.late_talk, site.city.fresh_talk))
    refunds = unassessed(site, [late, fresh]).opens([late, fresh], "complaint.billing", Severity.MEDIUM, "care")
    secret = unassessed(site, [late]).opens([late], "leak.codename", Severity.HIGH, "security")
    with site.client("rob") as rob:
        page = rob.get(f"/incidents/{refunds}").text
        assert f'href="/conversations/{site.city.late_talk}"' in page
        assert "late 2 h" in page
        assert f"/conversations/{site.city.fresh_talk}" not in page, "another team's"
        page = rob.get(f"/conversations/{site.city.late_talk}").text
        assert f'href="/incidents/{refunds}"' in page
        assert f"/incidents/{secret}" not in page
    with site.client("anna") as anna:
        assert "Incidents that it is part of" not in anna.get(f"/conversations/{site.city.fresh_talk}").text
    engaged(site, nina=("admin",))
    with site.client("nina") as nina:
        assert "Incidents that it is part of" in nina.get(f"/conversations/{site.city.fresh_talk}").text
        incidents.merge(site.store, refunds, secret, "nina", NOW)
        page = nina.get(f"/conversations/{site.city.late_talk}").text
        assert f'href="/incidents/{refunds}"' in page
        assert f"/incidents/{secret}" not in page, "it is a part of the other now"


def test_many_conversations_of_an_incident_cost_no_more_questions_than_one(site: Site, anna: httpx.Client) -> None:
    page, statements = f"/incidents/{site.city.parcels}", []
    posts = [one.item_id for one in site.store.incidents.items(site.city.parcels)]
    seed = unassessed(site, posts)

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    def asked() -> tuple[int, int]:
        anna.get(page)
        statements.clear()
        shown = set(re.findall(r'href="/conversations/(\d+)"', anna.get(page).text))
        return len(statements), len(shown)

    sa.event.listen(site.store.database.engine, "before_cursor_execute", note)
    seed.converses(posts[0], "@klient0", "care", timedelta(hours=1))
    few = asked()
    for number, post_id in enumerate(posts[1:], start=1):
        seed.converses(post_id, f"@klient{number}", "care", timedelta(hours=number))
    many = asked()
    sa.event.remove(site.store.database.engine, "before_cursor_execute", note)
    assert (few[1], many[1]) == (1, 10)
    assert many[0] == few[0]
