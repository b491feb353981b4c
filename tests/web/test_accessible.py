"""Every page of the application's own route table, for everybody: with a screen reader, by keyboard, on a phone, in the dark."""

import re
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from actions import cases, crisis, easing
from alerts.channels.email import Settings as Mail
from core.access import viewer_of
from core.crisis import Kind
from core.easing import MuteKind
from core.settings import Layer, Schedule
from core.types import IncidentState
from tests.web.bound import bind
from tests.web.site import NOW, Site, Visit
from web import create_app
from web.access import OPEN
from web.desk import desk_at

FAULTS = """() => {
  const faults = [], seen = new Set();
  document.querySelectorAll("details").forEach((one) => { one.open = true; });
  const named = (e) => (e.getAttribute("aria-label") || e.textContent || e.title || e.querySelector("title")?.textContent || "").trim();
  const shown = (e) => e.getClientRects().length > 0;
  if (!document.documentElement.lang) faults.push("the page names no language");
  if (!document.title.trim()) faults.push("the page has no title");
  if (document.querySelectorAll("main").length !== 1) faults.push("not exactly one main part");
  if (document.querySelectorAll("h1").length !== 1) faults.push("not exactly one h1");
  for (const e of document.querySelectorAll("[id]")) { if (seen.has(e.id)) faults.push("id twice: " + e.id); seen.add(e.id); }
  for (const e of document.querySelectorAll("a[href], button, summary"))
    if (shown(e) && !named(e)) faults.push("no name: " + e.outerHTML.slice(0, 120));
  for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    if (!e.labels?.length && !e.getAttribute("aria-label")) faults.push("no label: " + e.outerHTML.slice(0, 120));
  for (const e of document.querySelectorAll("[aria-labelledby], [aria-describedby]"))
    for (const id of ((e.getAttribute("aria-labelledby") || "") + " " + (e.getAttribute("aria-describedby") || "")).trim().split(/\\s+/))
      if (!document.getElementById(id)) faults.push("names nothing: " + id);
  for (const e of document.querySelectorAll("svg:not([aria-hidden]), img"))
    if (!e.getAttribute("aria-label") && !e.getAttribute("alt")) faults.push("a picture without words");
  for (const e of document.querySelectorAll("a a, a button, button a, form form")) faults.push("nested: " + e.outerHTML.slice(0, 80));
  const bright = (c) => { const p = c.match(/[\\d.]+/g).map(Number); if (p.length > 3 && p[3] < 1) return null;
    const [r, g, b] = p.map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b; };
  const ground = (e) => {
    for (let n = e; n; n = n.parentElement) { const b = bright(getComputedStyle(n).backgroundColor); if (b !== null) return b; }
    return 1; };
  for (const e of document.querySelectorAll("body *")) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !shown(e) || e.closest(".sr, .skip, svg")) continue;
    const ink = bright(getComputedStyle(e).color), under = ground(e);
    if (ink === null) continue;
    const contrast = (Math.max(ink, under) + .05) / (Math.min(ink, under) + .05);
    if (contrast < 4.5) faults.push(`contrast ${contrast.toFixed(2)}: ${e.innerText.slice(0, 40)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push("scrolls sideways");
  return faults;
}"""


@pytest.fixture
def full(site: Site, tmp_path: Path) -> Site:
    """The evening with a schedule that has gaps, a channel, a mute, an expected event, a crisis and a case, so that no page is empty."""
    rota = Schedule(
        id="pr-rota", layer=(Layer(people=("anna", "jan"), every=timedelta(days=1), start=date(2026, 11, 2), hours="mon-fri 06:00-22:00"),)
    )
    mail = Mail(id="mail", kind="email", folder=tmp_path / "mail")
    site.context.settings = site.context.settings.model_copy(update={"schedule": (rota,), "channel": (mail,)})
    until = NOW + timedelta(days=1)
    easing.mute(site.store, site.context.settings, MuteKind.TERM, "naszyjnik", "jewellery", "anna", NOW, ends_at=until)
    easing.expect(site.store, site.context.settings, "Wielkie rozdanie", 10, "anna", NOW, ends_at=until)
    crisis.declare(site.store, site.context.settings, "Opóźnione paczki", "anna", NOW, kind=Kind.OUTAGE, incident_id=site.city.parcels)
    bind(site, {})
    opener = viewer_of("jan", site.context.settings)
    cases.open_case(desk_at(site.context, opener), incident_id=site.city.leak, concerned="Zenon Żuk", because="a name before its day")
    return site


def addresses(site: Site) -> list[str]:
    """Every page that somebody who is signed in can open, filled with what was seeded."""
    filled = {"incident_id": str(site.city.parcels), "conversation_id": str(site.city.late_talk)}
    paths = create_app(site.context).openapi()["paths"]
    pages = [
        template
        for template, methods in paths.items()
        if "get" in methods and template not in OPEN and not template.endswith((".pdf", ".csv", "/events"))
    ]
    return [re.sub(r"{(\w+)}", lambda found: filled.get(found[1], "1"), template) for template in pages]


@pytest.mark.parametrize(("width", "dark", "language"), [(375, False, "pl"), (375, True, "en"), (1280, True, "pl"), (1280, False, "en")])
def test_every_page_can_be_read_by_everybody(full: Site, visit: Visit, width: int, dark: bool, language: str) -> None:
    page = visit.page(full.url, width=width, dark=dark, language=language, sign_in=full.link())
    found = addresses(full)
    assert {"/", "/mutes", "/on-call", "/owners", "/settings", "/users"} <= set(found)
    for address in found:
        page.goto(full.url + address)
        faults = page.evaluate(FAULTS)
        assert faults == [], f"{address}: {faults}"
        assert page.locator("html").get_attribute("lang") == language


def test_by_keyboard_alone_an_incident_is_acknowledged_and_snoozed(full: Site, visit: Visit) -> None:
    page = visit.page(full.url, sign_in=full.link())
    page.keyboard.press("j")
    expect(page.locator(f"#incident-{full.city.leak}")).to_be_focused()
    page.keyboard.press("a")
    row = page.locator("[data-row]", has=page.locator(f"#incident-{full.city.leak}"))
    expect(row).to_contain_text("yours")
    page.goto(f"{full.url}/incidents/{full.city.safety}")
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(page.locator(".status")).to_contain_text("Snoozed until")
    assert full.store.incidents.card(full.city.leak).row.state is IncidentState.ACKNOWLEDGED


def test_many_are_chosen_by_keyboard_and_taken(full: Site, visit: Visit) -> None:
    page = visit.page(full.url, sign_in=full.link())
    chosen(page, 2)
    page.get_by_role("button", name="Take them").click()
    expect(page.get_by_role("status")).to_contain_text("2 done.")
    assert urlsplit(page.url).path == "/"


def chosen(page: Page, rows: int) -> None:
    """Go down this many rows and choose each."""
    for row in range(rows):
        page.locator("[data-row]").nth(row).locator("h3 a").focus()
        page.keyboard.press("x")
    expect(page.locator("input[name=chosen]:checked")).to_have_count(rows)
