"""What the pages refuse, send with every answer, and tell machines; over plain HTTP to a real server."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from core.errors import ConfigError, StoreError
from core.links import ack_token
from core.types import ConversationState, IncidentState, Severity
from tests.web.seed import Seed
from tests.web.site import NOW, SECRET, Clock, Site, form_of, serve
from web import Context

PAGES = ("/", "/incidents", "/posts", "/sources", "/signals")


def test_every_answer_carries_the_guards(site: Site) -> None:
    with site.client() as client:
        static = re.search(r'href="(/static/[^"]+\.css[^"]*)"', client.get("/").text)
        assert static is not None
        for path in (*PAGES, static[1], "/healthz", "/metrics", "/nowhere", "/events", site.ack(site.city.leak)):
            headers = client.get(path).headers
            policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
            assert policy["default-src"] == "'none'", path
            assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'", path
            assert policy["frame-ancestors"] == policy["base-uri"] == "'none'", path
            assert headers["x-content-type-options"] == "nosniff", path
            assert headers["referrer-policy"] == "same-origin", path


def test_pages_need_no_exception_from_the_policy(site: Site) -> None:
    with site.client() as client:
        for path in (*PAGES, f"/incidents/{site.city.parcels}", f"/conversations/{site.city.late_talk}", site.ack(site.city.leak)):
            page = client.get(path).text
            assert not re.search(r"<style|\sstyle=|\son\w+=\"|<script(?! src=\"/static/)", page), path
            assert not re.search(r'(src|href|action)="(?!/|#)(?!https://social\.example/)', page), path


def test_pages_are_small(site: Site) -> None:
    with site.client() as client:
        page = client.get("/").text
        sizes = {path: len(client.get(path).content) for path in (*PAGES, f"/incidents/{site.city.parcels}")}
        files = {name: len(client.get(name).content) for name in re.findall(r'"(/static/[^"]+)"', page)}
    css = sum(size for name, size in files.items() if ".css" in name)
    js = sum(size for name, size in files.items() if ".js" in name)
    assert 1_000 < css < 25_000
    assert 500 < js < 15_000
    assert sizes["/"] + sum(files.values()) < 100_000
    assert max(sizes.values()) < 100_000


def test_static_files_are_kept_and_pages_are_not(site: Site) -> None:
    with site.client() as client:
        page = client.get("/")
        css = re.search(r'href="(/static/[^"]+\.css\?v=\w+)"', page.text)
        assert css is not None
        assert "immutable" in client.get(css[1]).headers["cache-control"]
        assert page.headers["cache-control"] == "no-store"


def test_without_a_session_there_is_only_the_door(site: Site) -> None:
    with site.client(None) as client:
        for path in (*PAGES, f"/incidents/{site.city.leak}", f"/conversations/{site.city.late_talk}"):
            answer = client.get(path)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/sign-in"), path
        assert client.get("/events").status_code == 401
        answer = client.post(f"/incidents/{site.city.leak}/acknowledge", data={"seen": "open"})
        assert answer.status_code == 303
    assert site.store.incidents.card(site.city.leak).row.state is IncidentState.OPEN


def test_the_door_leads_on_to_the_page_that_was_asked_for_and_nowhere_else(site: Site) -> None:
    with site.client(None) as client:
        there = client.get("/incidents?show=all").headers["location"]
        assert there == "/sign-in?next=%2Fincidents%3Fshow%3Dall"
        for target in ("//evil.example", "/\\evil.example", "https://evil.example", "/\tevil", "javascript:alert(1)"):
            form = client.get("/sign-in", params={"token": "x", "next": target}).text
            assert 'name="there" value="/"' in form, target
            answer = client.post("/language", data={"language": "pl", "back": target})
            assert answer.headers["location"] == "/", target


def test_a_session_cookie_is_out_of_reach_and_ends(site: Site) -> None:
    with site.client(None) as client:
        cookie = client.post("/sign-in", data={"token": site.link().split("token=")[1]}).headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert client.get("/").status_code == 200
        site.clock.now += timedelta(days=14, seconds=1)
        assert client.get("/").status_code == 303


def test_behind_https_the_cookie_is_secure(context: Context) -> None:
    web = context.settings.web.model_copy(update={"url": "https://czujka.example"})
    context.settings = context.settings.model_copy(update={"web": web})
    with serve(context) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        site = Site(url, context.store, context, Clock(), None)  # type: ignore[arg-type]
        answer = client.post("/sign-in", data={"token": site.link().split("token=")[1]})
        assert "; secure" in answer.headers["set-cookie"].lower()


def test_signing_out_ends_the_session_for_good(site: Site) -> None:
    with site.client() as client:
        kept = dict(client.cookies)
        client.post("/sign-out", data={"csrf": form_of(client, "/")})
        assert client.get("/").status_code == 303
        with httpx.Client(base_url=site.url, cookies=kept, trust_env=False, timeout=60) as thief:
            assert thief.get("/").status_code == 303


@pytest.mark.parametrize("act", ["acknowledge", "resolve", "snooze", "reopen", "reveal"])
def test_a_form_of_another_site_or_session_is_refused(site: Site, act: str) -> None:
    path = f"/incidents/{site.city.leak}"
    before = site.store.incidents.card(site.city.leak)
    with site.client("anna") as anna, site.client("jan") as jan:
        foreign = form_of(jan, path)
        data = {"seen": "open", "length": "1h"}
        for csrf in ("", "0" * 64, foreign, "ąę"):
            answer = anna.post(f"{path}/{act}", data={**data, "csrf": csrf})
            assert answer.status_code == 403
            assert "This page was too old" in answer.text
        own = form_of(anna, path)
        answer = anna.post(f"{path}/{act}", data={**data, "csrf": own}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
    assert site.store.incidents.card(site.city.leak) == before


def test_of_two_clicks_on_the_same_page_one_wins(site: Site) -> None:
    path = f"/incidents/{site.city.safety}"
    with site.client("anna") as anna, site.client("jan") as jan:
        forms = {client: form_of(client, path) for client in (anna, jan)}
        assert jan.post(f"{path}/acknowledge", data={"csrf": forms[jan], "seen": "open"}).status_code == 303
        second = anna.post(f"{path}/acknowledge", data={"csrf": forms[anna], "seen": "open"})
        assert second.status_code == 409
        assert "Somebody was faster" in second.text
        assert jan.post(f"{path}/acknowledge", data={"csrf": forms[jan], "seen": "open"}).status_code == 303, "a double click is no quarrel"
    row = site.store.incidents.card(site.city.safety).row
    assert (row.state, row.acknowledged_by) == (IncidentState.ACKNOWLEDGED, "jan")


def test_a_conversation_that_somebody_took_cannot_be_taken_from_an_old_page(site: Site) -> None:
    path = f"/conversations/{site.city.late_talk}"
    version = site.store.conversations.get(site.city.late_talk).version
    with site.client("anna") as anna, site.client("ewa") as ewa:
        data = {client: {"csrf": form_of(client, path), "version": version} for client in (anna, ewa)}
        assert ewa.post(f"{path}/assign", data=data[ewa]).status_code == 303
        assert anna.post(f"{path}/close", data=data[anna]).status_code == 409
        assert anna.post(f"{path}/answered", data={**data[anna], "csrf": ""}).status_code == 403
    assert site.store.conversations.get(site.city.late_talk).state is ConversationState.ASSIGNED


def test_signing_in_is_tried_ten_times_in_five_minutes(site: Site) -> None:
    with site.client(None) as client:
        tries = [client.post("/sign-in", data={"token": f"guess{n}"}).status_code for n in range(12)]
        assert tries == [403] * 10 + [429] * 2
        good = site.link().split("token=")[1]
        assert client.post("/sign-in", data={"token": good}).status_code == 429
        site.clock.now += timedelta(minutes=5)
        assert client.post("/sign-in", data={"token": good}).status_code == 303


def test_an_old_or_forged_acknowledge_link_does_nothing(site: Site) -> None:
    with site.client(None) as client:
        forged = ack_token("another secret of forty characters or more", site.city.leak, "jan", NOW)
        old = ack_token(SECRET, site.city.leak, "jan", NOW - timedelta(days=8))
        for token in (forged, old, "x", "%20", "a.b"):
            assert client.get(f"/ack/{token}").status_code == 410, token
            assert client.post(f"/ack/{token}").status_code == 410, token
        assert client.get(f"/ack/{ack_token(SECRET, 10**6, 'jan', NOW)}").status_code == 404
    assert site.store.incidents.card(site.city.leak).row.state is IncidentState.OPEN


def test_the_acknowledge_page_gives_away_no_personal_data(site: Site) -> None:
    with site.client(None) as client:
        page = client.get(site.ack(site.city.personal)).text
    assert "44051401359" not in page
    assert "Leak: PESEL number" in page


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/incidents/999999", 404),
        ("/incidents/x", 400),
        ("/incidents/99999999999999999999", 400),
        ("/conversations/0", 400),
    ],
)
def test_errors_speak_both_languages(site: Site, path: str, status: int) -> None:
    heads = {"en": {404: "There is nothing here", 400: "That did not work"}, "pl": {404: "Tu nic nie ma", 400: "To się nie udało"}}
    for language, words in heads.items():
        with site.client(language=language) as client:
            answer = client.get(path)
        assert answer.status_code == status
        assert words[status] in answer.text
        assert f'lang="{language}"' in answer.text


def test_a_database_that_is_away_is_said_plainly(context: Context) -> None:
    class Away:
        def __getattr__(self, name: str) -> object:
            raise StoreError("gone fishing", reason="database_down")

    context.store = replace(context.store, people=Away())  # type: ignore[arg-type]
    with serve(context) as url, httpx.Client(base_url=url, cookies={"czujka_session": "x"}, trust_env=False) as client:
        answer = client.get("/", headers={"Accept-Language": "pl"})
        assert answer.status_code == 503
        assert "Baza danych nie odpowiada" in answer.text
        assert "fishing" not in answer.text


def test_what_breaks_is_said_plainly_and_still_guarded(context: Context) -> None:
    def broken(label: str, term: str, language: str) -> str:
        raise RuntimeError("a secret detail")

    context.headline = broken
    with serve(context) as url:
        site = Site(url, context.store, context, Clock(), None)  # type: ignore[arg-type]
        with site.client() as client:
            answer = client.get("/")
    assert answer.status_code == 500
    assert "Something broke here" in answer.text
    assert "secret detail" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_readiness_names_what_is_not_well(context: Context) -> None:
    context.checks = {"sweeps": lambda: None}
    with serve(context) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        assert client.get("/healthz").status_code == client.head("/healthz").status_code == client.head("/readyz").status_code == 200
        assert client.get("/readyz").json() == {"ready": True, "problems": {}}
        context.checks = {"sweeps": lambda: "collect has not run for 5 min"}
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"ready": False, "problems": {"sweeps": "collect has not run for 5 min"}}
        assert client.get("/healthz").status_code == 200


def test_metrics_are_readable_and_count_requests(site: Site) -> None:
    def refused(text: str) -> float:
        samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
        return sum(s.value for s in samples if s.name == "czujka_web_requests_total" and s.labels == {"method": "GET", "status": "4xx"})

    with site.client(None) as client:
        before = client.get("/metrics")
        assert before.headers["content-type"].startswith("text/plain")
        client.get("/nowhere")
        assert refused(client.get("/metrics").text) == refused(before.text) + 1


def test_an_open_page_asks_cheaply_whether_anything_is_new(site: Site) -> None:
    with site.client() as client:
        first = client.get("/events")
        newest = first.json()["newest"]
        assert first.json() == {"newest": newest, "changed": True, "incidents": 4, "conversations": 3}
        assert client.get("/events", params={"after": newest}).json()["changed"] is False
        same = client.get("/events", params={"after": newest}, headers={"If-None-Match": first.headers["etag"]})
        assert (same.status_code, same.content) == (304, b"")
        client.post(f"/incidents/{site.city.leak}/acknowledge", data={"csrf": form_of(client, "/"), "seen": "open"})
        later = client.get("/events", params={"after": newest}, headers={"If-None-Match": first.headers["etag"]})
        assert later.status_code == 200
        assert later.json()["newest"] == newest + 1
        assert later.json()["changed"] is True


def test_the_first_page_asks_for_the_brand_and_passes_it_on(context: Context) -> None:
    asked: list[str] = []

    def watch(name: str) -> None:
        if not name.strip():
            raise ConfigError("a brand's name with at least one letter was expected")
        asked.append(name)

    with serve(context) as url:
        site = Site(url, context.store, context, Clock(), None)  # type: ignore[arg-type]
        with site.client() as client:
            assert "What is your brand called?" not in client.get("/").text
            assert client.post("/brand", data={"csrf": form_of(client, "/"), "name": "Polna"}).status_code == 404
            context.brand_form = watch
            assert "What is your brand called?" in client.get("/").text
            assert client.post("/brand", data={"name": "Polna"}).status_code == 403
            empty = client.post("/brand", data={"csrf": form_of(client, "/"), "name": "  "})
            assert empty.status_code == 422
            assert "a brand&#39;s name with at least one letter was expected" in empty.text
            assert client.post("/brand", data={"csrf": form_of(client, "/"), "name": "Żółw <b>"}).status_code == 303
    assert asked == ["Żółw <b>"]


def test_the_banner_comes_from_outside_in_the_readers_language(context: Context) -> None:
    context.banner = {"pl": "To jest pokaz & nic więcej.", "en": "This is a show & nothing more."}
    with serve(context) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        assert "To jest pokaz &amp; nic więcej." in client.get("/sign-in", headers={"Accept-Language": "pl"}).text
        assert "This is a show &amp; nothing more." in client.get("/sign-in", headers={"Accept-Language": "en"}).text
        context.banner = None
        assert 'class="banner"' not in client.get("/sign-in").text


def test_a_hundred_thousand_letters_in_a_search_are_refused_not_searched(site: Site) -> None:
    with site.client() as client:
        assert client.get("/posts", params={"q": "a" * 201}).status_code == 400
        for nasty in ('"', "' OR 1=1 --", "* AND NOT (", "a:b", "\x00", "%"):
            assert client.get("/posts", params={"q": nasty}).status_code == 200, nasty


def test_an_inbox_of_hundreds_shows_the_most_urgent_and_offers_the_rest(context: Context) -> None:
    seed = Seed(context.store, NOW, ids=[0] * 500)
    for n in range(45):
        item = seed.post(f"pytanie numer {n}", ("", "question", Severity.INFO), author=f"@pyta{n}", ago=timedelta(minutes=n))
        seed.converses(item, f"@pyta{n}", "care", timedelta(minutes=30 - n) if n >= 40 else None)
    with serve(context) as url:
        site = Site(url, context.store, context, Clock(), None)  # type: ignore[arg-type]
        with site.client() as client:
            page = client.get("/").text
            shown = re.findall(r'id="conversation-\d+"[^>]*>([^<]+)<', page)
            assert len(shown) == 20
            assert shown[1:6] == [f"pytanie numer {n}" for n in (44, 43, 42, 41, 40)], "due first"
            assert "<b>52</b>" in page, "all are counted"
            more = re.search(r'id="more" href="(/\?[^"]+)"', page)
            assert more is not None
            assert len(re.findall(r'id="conversation-\d+"', client.get(more[1].replace("&amp;", "&")).text)) == 48
