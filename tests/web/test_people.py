"""What people do on the pages, in a real browser: on a phone at night, at a desk by day, with and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.types import ConversationState, IncidentState
from tests.web.site import NOW, REASONS, Site, Visit, form_of, serve
from web import Context

WIDTHS = (320, 390, 1280)
EVERY_PAGE = ("/", "/incidents", "/incidents?show=all", "/posts", "/posts?q=paczka", "/sources", "/sign-in?token=x", "/nowhere")


def every_page(site: Site) -> list[str]:
    """All addresses that people see."""
    mine = [f"/incidents/{n}" for n in (site.city.leak, site.city.parcels, site.city.personal, site.city.resolved)]
    talks = [f"/conversations/{n}" for n in (site.city.late_talk, site.city.fresh_talk)]
    return [*EVERY_PAGE, *mine, *talks, site.ack(site.city.leak).removeprefix(site.url)]


def test_opening_the_sign_in_link_changes_nothing_its_button_does(site: Site, visit: Visit) -> None:
    link = site.link()
    for _ in range(3):
        visit.page(link)
    page = visit.page(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{site.url}/")
    expect(page.get_by_text("Anna Lis")).to_be_visible()
    again = visit.page(link)
    again.get_by_role("button", name="Sign in").click()
    expect(again.get_by_role("heading", name="This link no longer works")).to_be_visible()
    visit.errors.clear()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scripts", [True, False])
def test_acknowledge_and_resolve_at_every_width(site: Site, visit: Visit, width: int, scripts: bool) -> None:
    page = visit.page(site.url, width=width, scripts=scripts, sign_in=site.link())
    page.locator(f"#incident-{site.city.leak}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text('Leak: code name "Projekt Bursztyn"')
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator(".status")).to_contain_text("You are on it.")
    row = site.store.incidents.card(site.city.leak).row
    assert (row.state, row.acknowledged_by) == (IncidentState.ACKNOWLEDGED, "anna")

    page.get_by_text("Resolve …").click()
    page.get_by_role("button", name="Yes, it is over").click()
    expect(page.get_by_text("Resolved.")).to_be_visible()
    assert site.store.incidents.card(site.city.leak).row.state is IncidentState.RESOLVED
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".status")).to_contain_text("You are on it.")
    assert site.store.incidents.card(site.city.leak).row.state is IncidentState.ACKNOWLEDGED


def test_acknowledge_in_the_inbox_and_stay_there(site: Site, visit: Visit) -> None:
    page = visit.page(site.url, width=390, sign_in=site.link())
    row = page.locator("[data-row]", has=page.locator(f"#incident-{site.city.leak}"))
    row.get_by_role("button", name="Acknowledge").click()
    expect(row).to_contain_text("yours")
    expect(page).to_have_url(f"{site.url}/")


def test_snooze_for_an_hour(site: Site, visit: Visit) -> None:
    page = visit.page(f"{site.url}/incidents/{site.city.safety}", width=390, sign_in=site.link())
    page.get_by_text("Snooze …").click()
    page.get_by_role("button", name="1 h", exact=True).click()
    expect(page.locator(".status")).to_have_text("Snoozed until 23:14.")
    until = site.store.incidents.card(site.city.safety).row.snoozed_until
    assert until is not None
    assert (until - NOW).total_seconds() == 3600


def test_the_phone_shows_what_to_do_before_the_story(site: Site, visit: Visit) -> None:
    page = visit.page(f"{site.url}/incidents/{site.city.leak}", width=390, sign_in=site.link())
    box = page.get_by_role("button", name="Acknowledge").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 844, "the button is on the first screen"
    assert box["height"] >= 44, "and big enough for a thumb"


def test_evidence_is_marked_and_the_reason_stands_beside_it(site: Site, visit: Visit) -> None:
    page = visit.page(f"{site.url}/incidents/{site.city.leak}", sign_in=site.link())
    assert page.locator("#evidence ~ .post mark.critical").all_text_contents() == ["Projekcie Bursztyn"] * 2
    expect(page.locator("#evidence ~ .post .why").first).to_contain_text(REASONS["en"])
    expect(page.locator(".timeline")).to_contain_text("it is severe enough by itself")
    expect(page.locator(".told")).to_contain_text("Jan Wrona")


def test_personal_data_are_dots_until_somebody_asks_and_that_is_noted(site: Site, visit: Visit) -> None:
    page = visit.page(f"{site.url}/incidents/{site.city.personal}", sign_in=site.link())
    assert "44051401359" not in page.content()
    assert "601 202 303" not in page.content()
    page.get_by_role("button", name="Show them").click()
    expect(page.locator("#evidence ~ .post blockquote").first).to_contain_text("44051401359")
    noted = [event for event in site.store.incidents.card(site.city.personal).events if event.kind == "revealed"]
    assert [(event.actor, event.at) for event in noted] == [("anna", NOW)]
    page.goto(f"{site.url}/incidents/{site.city.personal}")
    assert "44051401359" not in page.content()


def test_personal_data_stay_hidden_in_every_list(site: Site) -> None:
    with site.client() as client:
        for path in ("/", "/posts", "/posts?q=pesel", f"/incidents/{site.city.personal}"):
            assert "44051401359" not in client.get(path).text, path


def test_a_hostile_post_stays_text(site: Site, visit: Visit) -> None:
    for path in ("/posts", f"/incidents/{site.city.personal}"):
        page = visit.page(site.url + path, sign_in=site.link())
        expect(page.locator("blockquote", has_text="<script>").first).to_contain_text("onerror=\"document.title='taken'\"")
        assert "taken" not in page.title()
        assert page.locator("blockquote script, blockquote img, bdi b").count() == 0
        assert "{{ 7*7 }}" in page.locator("blockquote", has_text="<script>").first.inner_text()
        assert page.locator("a[href^='javascript']").count() == 0
        assert "\u202e" not in page.content()


def test_the_mail_scanner_opens_the_link_and_nothing_happens_the_person_presses_and_it_does(site: Site, visit: Visit) -> None:
    link = site.ack(site.city.leak, "jan")
    for _ in range(3):
        visit.page(link, scripts=True)
    assert site.store.incidents.card(site.city.leak).row.state is IncidentState.OPEN
    page = visit.page(link, width=320, scripts=False)
    page.get_by_role("button", name="Acknowledge as Jan Wrona").click()
    expect(page.get_by_role("status")).to_contain_text("You are on it.")
    row = site.store.incidents.card(site.city.leak).row
    assert (row.state, row.acknowledged_by) == (IncidentState.ACKNOWLEDGED, "jan")
    late = visit.page(site.ack(site.city.leak, "anna"))
    expect(late.get_by_role("status")).to_contain_text("Jan Wrona is on it already.")


@pytest.mark.parametrize("language", ["pl", "en"])
def test_both_languages(site: Site, visit: Visit, language: str) -> None:
    page = visit.page(f"{site.url}/incidents/{site.city.leak}", language=language, sign_in=site.link())
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(".sev").first).to_have_text({"pl": "krytyczny", "en": "critical"}[language])
    expect(page.locator("#evidence ~ .post .why").first).to_contain_text(REASONS[language])
    other = {"pl": "English", "en": "Polski"}[language]
    page.get_by_role("button", name=other).click()
    expect(page.locator("html")).not_to_have_attribute("lang", language)
    expect(page).to_have_url(f"{site.url}/incidents/{site.city.leak}")


def test_times_say_how_long_ago_and_the_exact_local_time(site: Site, visit: Visit) -> None:
    page = visit.page(site.url, sign_in=site.link())
    time = page.locator(f"[data-row]:has(#incident-{site.city.safety}) time")
    expect(time).to_contain_text("25 min ago")
    expect(time).to_have_attribute("title", "Friday 20 November 2026, 21:49 (Europe/Warsaw)")
    expect(time.locator(".sr")).to_contain_text("Friday 20 November 2026, 21:49")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["pl", "en"])
def test_nothing_scrolls_sideways_and_nothing_leaves_this_address(site: Site, visit: Visit, width: int, language: str) -> None:
    page = visit.page(site.url, width=width, language=language, sign_in=site.link())
    for path in every_page(site):
        page.goto(site.url + path)
        inside = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert inside, f"{path} is wider than {width} px"
    assert {re.sub(r"(https?://[^/]+).*", r"\1", url) for url in visit.requests} == {site.url}
    visit.errors.clear()


def test_dark_is_dark_and_light_is_light(site: Site, visit: Visit) -> None:
    def lightness(page: Page) -> int:
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in re.findall(r"\d+", colour)[:3])

    assert lightness(visit.page(site.url, dark=True)) < 150
    assert lightness(visit.page(site.url)) > 600


def test_a_conversation_is_taken_answered_and_closed(site: Site, visit: Visit) -> None:
    page = visit.page(site.url, width=390, sign_in=site.link("ewa"))
    page.locator(f"#conversation-{site.city.late_talk}").click()
    expect(page.locator(".status")).to_have_text("Not answered for 5 h.")
    answer = page.get_by_role("link", name="Answer on X")
    expect(answer).to_have_attribute("rel", "noopener noreferrer nofollow")
    page.get_by_role("button", name="I will answer").click()
    expect(page.get_by_role("button", name="I will answer")).to_have_count(0)
    page.get_by_role("button", name="Mark as answered").click()
    expect(page.locator(".status")).to_contain_text("Answered after 5 h, just now")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator(".status")).to_have_text("Closed.")
    assert site.store.conversations.get(site.city.late_talk).state is ConversationState.CLOSED


def test_filters_show_what_is_mine_and_what_is_late(site: Site, visit: Visit) -> None:
    page = visit.page(f"{site.url}/?show=late", sign_in=site.link("ewa"))
    assert page.locator("[data-row] h3 a").evaluate_all("all => all.map(a => a.id)") == [f"conversation-{site.city.late_talk}"]
    page.goto(f"{site.url}/?show=mine")
    ids = page.locator("[data-row] h3 a").evaluate_all("all => all.map(a => a.id)")
    assert ids == [f"incident-{site.city.safety}", f"conversation-{site.city.late_talk}"]
    page.goto(f"{site.url}/?show=unassigned")
    assert page.locator(f"#incident-{site.city.parcels}").count() == 0


def test_posts_are_found_by_words_without_accents(site: Site, visit: Visit) -> None:
    page = visit.page(f"{site.url}/posts", sign_in=site.link())
    page.get_by_role("searchbox").fill("slyszeliscie bursztyn")
    page.get_by_role("button", name="Search").click()
    assert page.locator(".post").count() == 1
    expect(page.locator(".post")).to_contain_text("@marek")
    page.get_by_role("searchbox").fill("niemasłowa")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No post has all of these words.")).to_be_visible()


def test_sources_say_what_is_wrong_and_what_to_do(site: Site, visit: Visit) -> None:
    page = visit.page(f"{site.url}/sources", sign_in=site.link())
    names = page.locator("[data-row] h3").all_text_contents()
    assert names[0] == "facebook-page", "the worst first"
    expect(page.locator("[data-row]").first).to_contain_text("renew the token")
    expect(page.locator("[data-row]", has_text="x-mentions")).to_contain_text("1 thing could not be read")
    expect(page.locator("[data-row]", has_text="x-mentions")).to_contain_text("reads: 812 / 10,000")


def test_keys_move_open_and_explain(site: Site, visit: Visit) -> None:
    page = visit.page(site.url, sign_in=site.link())
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == f"incident-{site.city.leak}"
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}/incidents/{site.city.leak}")
    page.keyboard.press("a")
    expect(page.locator(".status")).to_contain_text("You are on it.")
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page).to_have_url(f"{site.url}/sources")


def test_an_open_inbox_shows_what_happens_without_a_reload(site: Site, visit: Visit) -> None:
    page = visit.page(site.url, sign_in=site.link())
    expect(page.locator(".filters")).to_contain_text("Not taken 6")
    page.evaluate("window.stillHere = true")
    with site.client("jan") as other:
        form = form_of(other, f"/incidents/{site.city.leak}")
        assert other.post(f"/incidents/{site.city.leak}/acknowledge", data={"csrf": form, "seen": "open"}).status_code == 303
    row = page.locator("[data-row]", has=page.locator(f"#incident-{site.city.leak}"))
    expect(row).to_contain_text("Jan Wrona", timeout=20_000)
    assert page.evaluate("window.stillHere") is True


def test_an_empty_house_says_what_will_come(quiet: Context, visit: Visit) -> None:
    with serve(quiet) as url:
        site = Site(url, quiet.store, quiet, quiet.clock, None)  # type: ignore[arg-type]
        page = visit.page(url, width=390, sign_in=site.link())
        expect(page.get_by_text("All quiet. No incident is open.")).to_be_visible()
        expect(page.get_by_text("Nobody waits for an answer.")).to_be_visible()
        page.goto(f"{url}/posts")
        expect(page.get_by_text("No posts yet.")).to_be_visible()
        page.goto(f"{url}/sources")
        expect(page.get_by_text("No source is configured.")).to_be_visible()
        page.goto(f"{url}/incidents?show=resolved")
        expect(page.get_by_text("None yet.")).to_be_visible()
