"""What people arrange by hand on the pages: who answers, what is expected later. Each does what it says, and not for those who may not."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import httpx
import pytest

from actions import oncall
from core.settings import Layer, Owner, Person, Schedule
from core.types import ConversationState
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
        (event,) = site.store.easing.expected(NOW)
        assert event.starts_at == datetime(2026, 11, 27, 11, 0, tzinfo=UTC), "six in New York is eleven in UTC"
        assert event.ends_at - event.starts_at == timedelta(days=1)
        assert "begins" in nina.get("/mutes").text
        assert post(nina, "/expected", **values, starts="").status_code == HTTPStatus.SEE_OTHER
        assert [one.starts_at for one in site.store.easing.expected(NOW)] == [NOW, event.starts_at]
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
