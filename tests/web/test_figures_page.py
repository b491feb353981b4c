"""The page of figures: KPIs by objective, unknown is said, nothing of other brands, and the same numbers over the API."""

import re
from datetime import date

import pytest
import sqlalchemy as sa

from core.objectives import Initiative, Objective, Target
from storage.schema_tally import tally
from tests.web.calling import api, token_of
from tests.web.site import Site, Visit


@pytest.fixture
def counted(site: Site) -> Site:
    """Two months of counts, an objective that is missed and one that is met, an initiative that worked."""
    rows = [("volume", date(2026, 11, 3), 400), ("negative", date(2026, 11, 3), 100), ("neutral", date(2026, 11, 4), 300)]
    with site.store.database.write() as connection:
        connection.execute(sa.delete(tally))
        for measure, day, value in rows:
            row = {"measure": measure, "day": day, "brand": "polna", "platform": "x", "scope": "mention", "voice": "public", "value": value}
            connection.execute(sa.insert(tally).values(row))
    answers = Objective(
        id="answers",
        name="Ludzie dostają odpowiedź",
        why="Bo wtedy zostają.",
        kpi=(
            Target.model_validate({"kpi": "negative_share", "target": "30 %"}),
            Target.model_validate({"kpi": "mentions", "target": 1000}),
        ),
    )
    shift = Initiative(
        id="shift",
        name="Druga zmiana",
        objective="answers",
        kpi="negative_share",
        starts=date(2026, 9, 1),
        ends=date(2026, 10, 31),
        expects="Mniej złości",
        verdict="worked",
        lesson="Wieczorem pisze połowa.",
    )
    site.context.settings = site.context.settings.model_copy(update={"objective": (answers,), "initiative": (shift,)})
    return site


def card(text: str, name: str) -> str:
    found = re.search(rf'<article class="kpi">\s*<h3><a href="[^"]*">{re.escape(name)}</a>.*?</article>', text, re.S)
    assert found, name
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])).replace("\u00a0", " ")


def shown(site: Site, path: str, person: str = "anna") -> str:
    with site.client(person, language="pl") as client:
        answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def test_objectives_stand_first_with_what_is_met_and_what_is_missed(counted: Site) -> None:
    text = shown(counted, "/figures?at=2026-11")
    assert "Wskaźniki: listopad 2026" in text
    assert "listopad 2026 jeszcze trwa" in text
    assert text.index("Ludzie dostają odpowiedź") < text.index("Pozostałe")
    assert "25 % ✓ osiągnięty" in card(text, "Udział negatywnych")
    assert "400 ✗ nieosiągnięty" in card(text, "Wzmianki")
    assert "cel: co najmniej 1 000" in card(text, "Wzmianki")
    assert "nie wiadomo" in card(text, "Zaangażowanie")
    for said in ("Udało się", "Druga zmiana", "Oczekiwanie: Mniej złości", "Nauka: Wieczorem pisze połowa."):
        assert said in text


def test_a_period_nobody_knows_says_so_and_unreadable_ones_show_the_running_one(counted: Site) -> None:
    assert "nie wiadomo" in card(shown(counted, "/figures?at=2020-01"), "Wzmianki")
    assert "listopad 2026" in shown(counted, "/figures?at=2026-13")
    for span, name in (("week", "16–22 listopada 2026"), ("quarter", "IV kwartał 2026"), ("year", "2026"), ("years", "2023–2026")):
        assert f"<h1>Wskaźniki: {name}</h1>" in shown(counted, f"/figures?span={span}")
    with counted.client() as client:
        assert client.get("/figures?brand=nobody").status_code == 404


def test_whoever_sees_no_brand_sees_no_posts_and_staff_sees_nothing(counted: Site) -> None:
    roles = {"anna": ("admin",), "jan": ("viewer@owner:care",), "ewa": ("staff",)}
    people = tuple(one.model_copy(update={"roles": roles[one.id]}) for one in counted.context.settings.person)
    owners = tuple(one.model_copy(update={"people": ()}) for one in counted.context.settings.owner)
    counted.context.settings = counted.context.settings.model_copy(update={"person": people, "owner": owners})
    assert "400" in card(shown(counted, "/figures?at=2026-11"), "Wzmianki")
    assert "nie wiadomo" in card(shown(counted, "/figures?at=2026-11", "jan"), "Wzmianki")
    with counted.client("ewa") as client:
        assert client.get("/figures").status_code == 403


def test_the_api_tells_the_same(counted: Site) -> None:
    with api(counted, token_of(counted, "anna")) as client:
        found = client.get("/kpis?period=2026-11")
        assert client.get("/kpis?period=never").status_code == 404
    assert found.status_code == 200
    body = found.json()
    figures = {one["kpi"]: one for one in body["figures"]}
    assert (body["period"], body["is_over"], body["periods"][-1]) == ("2026-11", False, "2026-11")
    assert (figures["mentions"]["value"], figures["mentions"]["target"], figures["mentions"]["is_met"]) == (400, 1000, False)
    assert (figures["negative_share"]["value"], figures["engagement"]["value"]) == (0.25, None)


def test_bars_are_as_high_as_their_figures(counted: Site, visit: Visit) -> None:
    page = visit.page(f"{counted.url}/figures?at=2026-11", width=390, sign_in=counted.link())
    article = page.locator("article.kpi", has_text="Negative share")
    bars, goal = article.locator("svg rect:not(.usual)"), article.locator("svg .goal")
    assert [round(float(bars.nth(n).get_attribute("height") or 0)) for n in range(bars.count())] == [47]
    assert goal.count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_month_for_everybody_is_there_for_staff_too(counted: Site) -> None:
    people = tuple(one.model_copy(update={"roles": ("staff",)}) for one in counted.context.settings.person)
    owners = tuple(one.model_copy(update={"people": ()}) for one in counted.context.settings.owner)
    counted.context.settings = counted.context.settings.model_copy(update={"person": people, "owner": owners})
    text = shown(counted, "/summary", "ewa")
    assert "październik 2026" in text
    assert "Nie wiadomo: w tym miesiącu nic nie zbieraliśmy." in text
    with counted.client("ewa") as client:
        assert [client.get(f"/summary?month={name}").status_code for name in ("2026-11", "2026", "never")] == [404, 404, 404]


def test_the_share_of_voice_is_told_by_platform(counted: Site) -> None:
    brand = counted.context.settings.brand[0].model_copy(update={"competitors": ("Mleczarnia Górna",)})
    counted.context.settings = counted.context.settings.model_copy(update={"brand": (brand,)})
    for measure, platform, value in (("named:", "x", 30), ("named:Mleczarnia Górna", "x", 6), ("named:Mleczarnia Górna", "rss", 4)):
        row = {"measure": measure, "day": date(2026, 11, 5), "brand": "polna", "platform": platform, "scope": "mention", "voice": "public"}
        with counted.store.database.write() as connection:
            connection.execute(sa.insert(tally).values(row | {"value": value}))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown(counted, "/figures/voice?at=2026-11"))).replace("\u00a0", " ")
    assert "Udział w rozmowach: listopad 2026" in text
    text = text.replace("( ", "(").replace(" )", ")")
    assert "Mleczarnia Polna 30 75 % nieznany 30 (83 %) 0 (0 %)" in text
    assert "Mleczarnia Górna 10 25 % nieznany 6 (17 %) 4 (100 %)" in text
    assert "Pytania publiczne 1 odpowiedzieliśmy my 0 0 % odpowiedzieli inni klienci 0 0 %" in text
    assert "O tym okresie nic nie wiadomo" in shown(counted, "/figures/voice?at=2020-01")
    with api(counted, token_of(counted, "anna")) as client:
        body = client.get("/share-of-voice?period=2026-11").json()
    assert [(one["name"], one["posts"], one["share"]) for one in body["named"]] == [("", 30, 0.75), ("Mleczarnia Górna", 10, 0.25)]
    assert body["questions"] == {"asked": 1, "answered_by_us": 0, "answered_by_customers": 0}
