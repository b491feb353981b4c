"""Filters and views on the pages: they stand in the address, stay through paging and acts on many, and are kept under a name."""

import re
from collections.abc import Iterator
from html import unescape
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from core.types import ConversationState, IncidentState
from tests.web.site import Site, Visit, form_of
from web.filters import kept_query


@pytest.fixture
def anna(site: Site) -> Iterator[httpx.Client]:
    with site.client("anna") as client:
        yield client


def links(page: str, wanted: str) -> list[dict[str, str]]:
    """The queries of a page's links with these words in their tag."""
    found = re.findall(rf'<a [^>]*href="([^"]*)"[^>]*>{wanted}', page)
    return [dict(parse_qsl(urlsplit(unescape(one)).query)) for one in found]


def test_filters_stay_through_tabs_and_paging_and_can_be_taken_away_one_by_one(site: Site, anna: httpx.Client) -> None:
    page = anna.get("/?show=all&label=complaint&words=pacz%C4%99&platform=x&shown=1").text
    assert {"show": "late", "label": "complaint", "words": "paczę", "platform": "x"} in links(page, "Late")
    assert {"show": "all", "label": "complaint", "words": "paczę"} in links(page, "Platform: X")
    page = anna.get("/?label=complaint&shown=1").text
    assert links(page, "Show more") == [{"show": "all", "shown": "41", "label": "complaint"}]
    older = anna.get("/incidents?show=all&owner=care&shown=1").text
    assert links(older, "Show more") == [{"show": "all", "shown": "2", "owner": "care"}]


def test_acts_on_many_come_back_to_the_same_filters(site: Site, anna: httpx.Client) -> None:
    here = "/?show=all&label=complaint&words=paczka"
    values = {"csrf": form_of(anna, "/"), "what": "take", "chosen": f"i{site.city.safety}", "back": here}
    answer = anna.post("/inbox/act", data=values)
    assert answer.headers["location"] == f"{here}&done=1&left=0"
    assert site.store.incidents.card(site.city.safety).row.state is IncidentState.ACKNOWLEDGED
    answer = anna.post("/inbox/act", data=values | {"back": answer.headers["location"]})
    assert answer.headers["location"].count("done=") == 1


def test_only_what_i_have_taken(site: Site) -> None:
    with site.client("jan") as jan:
        page = jan.get("/?me=yes").text
        assert f'id="incident-{site.city.parcels}"' in page
        assert f'id="incident-{site.city.leak}"' not in page
        assert f'id="conversation-{site.city.late_talk}"' not in page
        row = site.store.conversations.get(site.city.late_talk)
        jan.post(f"/conversations/{row.conversation_id}/assign", data={"csrf": form_of(jan, "/"), "version": row.version})
        assert site.store.conversations.get(row.conversation_id).state is ConversationState.ASSIGNED
        assert f'id="conversation-{site.city.late_talk}"' in jan.get("/?me=yes").text


@pytest.mark.parametrize("query", ["severity=worst", "show=everything", "shown=0", "words=" + "x" * 121, "me=maybe"])
def test_what_cannot_be_read_is_refused_in_plain_words(anna: httpx.Client, query: str) -> None:
    answer = anna.get(f"/?{query}")
    assert (answer.status_code, "That did not work" in answer.text) == (HTTPStatus.BAD_REQUEST, True)


def test_an_empty_answer_says_so_and_leads_back(anna: httpx.Client) -> None:
    for path in ("/?words=niewidzialne", "/incidents?words=niewidzialne", "/posts?q=paczka&platform=rss"):
        page = anna.get(path).text
        assert "Nothing fits these filters." in page or "None here." in page
        assert "Show all" in page


def test_hostile_filters_are_shown_as_text(anna: httpx.Client) -> None:
    page = anna.get('/?words="><script>alert(1)</script>&owner="><b>x&lang="x').text
    assert "<script>alert" not in page
    assert "<b>x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_view_is_kept_shared_and_begun_with(site: Site, anna: httpx.Client) -> None:
    csrf = form_of(anna, "/")
    view = {"csrf": csrf, "name": " Leaks  for us ", "query": "show=all&label=leak&shown=400&done=3", "team": "pr", "begin": "yes"}
    answer = anna.post("/views", data=view)
    assert answer.headers["location"] == "/?show=all&label=leak"
    assert anna.get("/").headers["location"] == "/?show=all&label=leak"
    assert anna.get("/?show=all").status_code == HTTPStatus.OK
    with site.client("jan") as jan, site.client("ewa") as ewa:
        assert "Leaks for us" in jan.get("/").text
        assert jan.get("/").status_code == HTTPStatus.OK, "what one begins with is one's own"
        assert "Leaks for us" not in ewa.get("/").text
        [kept] = site.store.views.of("anna", ())
        assert jan.post(f"/views/{kept.view_id}/forget", data={"csrf": form_of(jan, "/")}).status_code == HTTPStatus.NOT_FOUND
        assert ewa.post(f"/views/{kept.view_id}/begin", data={"csrf": form_of(ewa, "/")}).status_code == HTTPStatus.NOT_FOUND
        refused = ewa.post("/views", data={"csrf": form_of(ewa, "/"), "name": "x", "query": "", "team": "pr"})
        assert refused.status_code == HTTPStatus.CONFLICT, "not a team of hers"
    anna.post(f"/views/{kept.view_id}/begin", data={"csrf": csrf, "stop": "yes"})
    assert anna.get("/").status_code == HTTPStatus.OK
    anna.post(f"/views/{kept.view_id}/forget", data={"csrf": csrf})
    assert "No view is kept yet." in anna.get("/views").text
    assert next(line.act for line in site.store.audit.lines(10) if "views" in line.act) == "POST /views/{view_id}/forget"


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_a_view_wants_a_name(anna: httpx.Client, name: str) -> None:
    answer = anna.post("/views", data={"csrf": form_of(anna, "/"), "name": name, "query": ""})
    assert answer.status_code in (HTTPStatus.CONFLICT, HTTPStatus.BAD_REQUEST)


def test_a_view_keeps_filters_and_nothing_else() -> None:
    assert kept_query("show=late&severity=high&words=%C5%BC%C3%B3%C5%82w") == "show=late&severity=high&words=%C5%BC%C3%B3%C5%82w"
    assert kept_query("show=x&severity=worst&me=no&next=//evil.example&words=" + "x" * 200) == "show=all"
    assert kept_query("") == "show=all"


def test_the_inbox_is_narrowed_and_worked_through_by_keyboard(site: Site, visit: Visit) -> None:
    page = visit.page(site.url, sign_in=site.link())
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("What it is about").select_option("leak")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(f"#incident-{site.city.leak}")).to_be_visible()
    expect(page.locator(f"#incident-{site.city.parcels}")).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("[data-row]", has=page.locator(f"#incident-{site.city.leak}"))).to_contain_text("yours")
    assert dict(parse_qsl(urlsplit(page.url).query))["label"] == "leak"
    page.get_by_text("Keep as a view").click()
    page.get_by_role("textbox", name="Name").fill("Przecieki")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator(".views [aria-current]")).to_have_text("Przecieki")


def test_search_finds_polish_forms_without_accents_and_shows_where(anna: httpx.Client) -> None:
    page = anna.get("/posts?q=PACZKE").text
    assert set(re.findall(r'<mark class="found">([^<]*)</mark>', page)) == {"paczka", "paczki"}
    assert page.count('class="post"') >= 4
    exact = anna.get('/posts?q="paczka zaginęła"').text
    assert exact.count('class="post"') == 1
    assert 'id="post-' in exact


def test_search_keeps_what_is_hidden_hidden(anna: httpx.Client) -> None:
    page = anna.get("/posts?q=44051401359").text
    assert page.count('class="post"') == 1
    [story] = re.findall(r'<div class="story">(.*?)</div>', page, re.S)
    assert "uwaga na sąsiada" in story
    assert "44051401359" not in story
