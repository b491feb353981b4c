"""Situation reports for people without an account: that report alone, for a while, never more than its maker may see."""

import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import httpx
import pytest

from core.settings import Person
from core.types import Item, ItemKind, Scope, Voice
from core.verdicts import Said
from reports.situation import Sheet, pdf
from storage.items import Arrival
from tests.web.seed import Seed
from tests.web.site import NOW, Site, Visit, form_of
from tests.web.test_accessible import FAULTS
from web.growth import by_hour


@pytest.fixture
def anna(site: Site) -> Iterator[httpx.Client]:
    with site.client("anna") as client:
        yield client


def share(client: httpx.Client, incident_id: int, **values: object) -> str:
    """The path of a new link, as the page shows it once."""
    answer = client.post(f"/incidents/{incident_id}/report/share", data={"csrf": form_of(client, "/"), **values})
    found = re.search(r'value="https?://[^/"]+(/report/[^"]+)"', answer.text)
    assert found is not None, answer.text
    return found[1]


def test_whoever_has_the_link_sees_that_report_and_nothing_else(site: Site, anna: httpx.Client) -> None:
    path = share(anna, site.city.leak, hours=4, again=2, statement="Sprawdzamy. Nie potwierdzamy żadnego przejęcia.")
    with site.client(None) as stranger:
        answer = stranger.get(path)
        assert answer.status_code == HTTPStatus.OK
        for said in (
            "2 posts, 2 people: Mastodon, X",
            "Nie potwierdzamy żadnego przejęcia.",
            "Anna Lis",
            "Projekcie Bursztyn",
            "Next update",
        ):
            assert said in answer.text
        assert "Nobody has judged it yet." in answer.text
        assert "noindex" in answer.headers["x-robots-tag"]
        assert answer.headers["referrer-policy"] == "same-origin", "no other site learns the address"
        assert answer.headers["cache-control"] == "no-store"
        assert not re.findall(r'href="/(?!static|report/|")[^"]*"', answer.text), "nothing leads on from here"
        assert "csrf" not in answer.text
        for other in (f"/incidents/{site.city.leak}", f"/incidents/{site.city.leak}/report.pdf", "/"):
            assert stranger.get(other).status_code == HTTPStatus.SEE_OTHER
    assert site.store.incidents.card(site.city.leak).events[-1].kind == "shared"
    assert path not in anna.get(f"/incidents/{site.city.leak}/report").text, "it is shown once"


def test_it_answers_what_people_ask_in_a_crisis(site: Site, anna: httpx.Client) -> None:
    seed = Seed(site.store, NOW, ids=list(range(100)))
    seed.post("Przepraszamy, paczki wychodzą dziś.", author="@polna", voice=Voice.OURS, ago=timedelta(minutes=2))
    finding = site.store.incidents.card(site.city.parcels).evidence[0].findings[0].finding_id
    assert finding is not None
    anna.post(f"/findings/{finding}/verdict", data={"csrf": form_of(anna, "/"), "said": Said.RIGHT.value})
    page = anna.get(f"/incidents/{site.city.parcels}/report").text
    assert "1 of 1 judgements by people call it right." in page
    assert "Przepraszamy, paczki wychodzą dziś." in page
    assert "posts in the last hour" in page
    assert "No conversation belongs to it." in page
    assert "Not announced." in page


def test_a_link_ends_by_itself_and_when_it_is_revoked(site: Site, anna: httpx.Client) -> None:
    first, second = (share(anna, site.city.parcels, hours=4) for _ in range(2))
    with site.client(None) as stranger:
        assert stranger.get(second).status_code == HTTPStatus.OK
        newest = next(one.token_id for one in site.store.tokens.list("report"))
        other = anna.post(f"/incidents/{site.city.leak}/report/links/{newest}/revoke", data={"csrf": form_of(anna, "/")})
        assert other.status_code == HTTPStatus.NOT_FOUND, "a link of another incident"
        anna.post(f"/incidents/{site.city.parcels}/report/links/{newest}/revoke", data={"csrf": form_of(anna, "/")})
        assert (stranger.get(second).status_code, stranger.get(f"{second}.pdf").status_code) == (404, 404)
        assert stranger.get(first).status_code == HTTPStatus.OK
        site.clock.now += timedelta(hours=4)
        gone = stranger.get(first)
        assert (gone.status_code, "This link no longer works" in gone.text) == (404, True)
        assert stranger.get("/report/" + "x" * 43).status_code == HTTPStatus.NOT_FOUND
    acts = [line.act for line in site.store.audit.lines(10)]
    assert "POST /incidents/{incident_id}/report/links/{link}/revoke" in acts
    assert "POST /incidents/{incident_id}/report/share" in acts


def test_it_never_shows_more_than_its_maker_may_see(site: Site) -> None:
    def roles(*held: str) -> None:
        people = tuple(one for one in site.context.settings.person if one.id != "rob")
        rob = Person(id="rob", name="Rob", roles=held)
        site.context.settings = site.context.settings.model_copy(update={"person": (*people, rob)})

    roles("responder@owner:care")
    with site.client("rob") as rob, site.client(None) as stranger:
        refused = rob.post(f"/incidents/{site.city.leak}/report/share", data={"csrf": form_of(rob, "/")})
        assert refused.status_code == HTTPStatus.NOT_FOUND
        path = share(rob, site.city.parcels)
        assert stranger.get(path).status_code == HTTPStatus.OK
        roles("viewer@brand:other")
        assert stranger.get(path).status_code == HTTPStatus.NOT_FOUND


def test_what_is_hidden_on_pages_is_hidden_in_reports(site: Site, anna: httpx.Client) -> None:
    path = share(anna, site.city.personal)
    with site.client(None) as stranger:
        page, file = stranger.get(path).text, stranger.get(f"{path}.pdf")
    assert "uwaga na sąsiada" in page
    assert "44051401359" not in page
    assert "<script>document" not in page
    assert "44051401359" not in words_of(file.content)


@pytest.mark.parametrize("values", [{"hours": 169}, {"hours": 0}, {"again": -1}, {"statement": "x" * 1001}])
def test_what_cannot_be_is_refused(site: Site, anna: httpx.Client, values: dict[str, object]) -> None:
    answer = anna.post(f"/incidents/{site.city.leak}/report/share", data={"csrf": form_of(anna, "/"), **values})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert site.store.tokens.list("report") == []


def test_the_file_is_a_pdf_with_its_polish_letters_inside(site: Site, anna: httpx.Client) -> None:
    answer = anna.get(f"/incidents/{site.city.leak}/report.pdf", headers={"Accept-Language": "pl"})
    assert (answer.status_code, answer.headers["content-type"]) == (HTTPStatus.OK, "application/pdf")
    assert "Bursztyn" in words_of(answer.content)
    assert set("łśćęż") <= letters_of(answer.content)
    assert b"/FontFile2" in answer.content, "the font is embedded"


def test_a_long_report_goes_on_on_the_next_page_and_a_hostile_one_is_only_text() -> None:
    post = ("X · @a", "zażółć gęślą jaźń $x^2$ \\frac{ 😡 中 " * 40)
    sheet = Sheet(
        language="pl",
        title="Zażółć gęślą jaźń",
        severity="wysoki",
        as_of="teraz",
        made_at=datetime(2026, 11, 20, tzinfo=UTC),
        facts=(("Czy to prawda?", "tak"),),
        heading="Co napisano",
        posts=(post,) * 12,
        foot="Mleczarnia Polna",
    )
    drawn = pdf(sheet)
    assert len(re.findall(rb"/Type /Page\b(?!s)", drawn)) >= 3
    assert "$x^2$" in words_of(drawn)
    assert len(pdf(Sheet(**{name: getattr(sheet, name) for name in sheet.__slots__} | {"posts": (post,) * 5000}))) < 1_000_000


def said_before(site: Site, at: datetime, text: str) -> None:
    """Fifty times, about the same brand."""
    said = (Item(platform="x", external_id=f"old-{n}", kind=ItemKind.POST, text=text, voice=Voice.PUBLIC, created_at=at) for n in range(50))
    site.store.items.add(
        [Arrival(item=one, source_id="old", brand="polna", scope=Scope.MENTION, may_page=False, collected_at=site.clock()) for one in said],
        site.clock(),
    )


def test_it_says_by_which_words_the_story_is_known_and_whose_voice_carries_it(site: Site, anna: httpx.Client) -> None:
    said_before(site, site.clock() - timedelta(days=2), "Zamówienie kefiru: smaczny, polecam kefir")
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", anna.get(f"/incidents/{site.city.parcels}/report").text))
    words = facts["Words of this story"].split(", ")
    assert any(word.startswith("paczk") for word in words)
    assert not any(word.startswith("kefir") for word in words)
    assert [line.split(" · ")[0] for line in facts["Heard furthest"].split("<br>")] == ["@klient9", "@klient8", "@klient7"]


def test_nothing_is_said_of_words_where_there_is_nothing_to_compare_with(site: Site, anna: httpx.Client) -> None:
    said = anna.get(f"/incidents/{site.city.leak}").text
    assert "Words of this story" not in said


def test_the_file_shows_how_the_story_grew_beside_what_is_usual(site: Site, anna: httpx.Client) -> None:
    """Three weeks ago 50 of the brand's posts came in a day: 50 in 21 days before it opened is a tenth of a post an hour."""
    opened = site.store.incidents.card(site.city.parcels).row.opened_at
    said_before(site, opened - timedelta(days=21), "kefir")
    situation = site.store.situations.of(site.city.parcels, "polna", opened)
    assert situation.usual == pytest.approx(50 / (21 * 24), rel=0.5)
    assert site.store.situations.of(site.city.parcels, "górna", opened).usual is None, "nothing is known of another brand"
    words = words_of(anna.get(f"/incidents/{site.city.parcels}/report.pdf", headers={"Accept-Language": "en"}).content)
    assert "Posts an hour: " in words
    assert "usually 0.1 an hour" in words


@pytest.mark.parametrize(
    ("ages_min", "hours"),
    [([5, 50, 70], (1, 2)), ([0, 1], ()), ([10, 20, 150], (1, 0, 2)), ([5, 6, 60 * 24 * 3], (*[0] * 23, 2)), ([-5, 5, 6, 7], (3,))],
)
def test_posts_are_counted_by_the_hour_up_to_now(ages_min: list[int], hours: tuple[int, ...]) -> None:
    now = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
    assert by_hour([now - timedelta(minutes=age) for age in ages_min], now) == hours


@pytest.mark.parametrize(("width", "dark", "language"), [(375, True, "pl"), (1280, False, "en")])
def test_a_shared_report_can_be_read_by_everybody(
    site: Site, anna: httpx.Client, visit: Visit, width: int, dark: bool, language: str
) -> None:
    path = share(anna, site.city.leak, again=1)
    page = visit.page(site.url + path, width=width, dark=dark, language=language, scripts=False)
    assert page.locator("h1").count() == 1
    page = visit.page(site.url + path, width=width, dark=dark, language=language)
    assert page.evaluate(FAULTS) == []


def streams(drawn: bytes) -> list[bytes]:
    found = []
    for one in re.finditer(rb"stream\r?\n(.*?)endstream", drawn, re.DOTALL):
        try:
            found.append(zlib.decompress(one[1].rstrip(b"\r\n")))
        except zlib.error:
            continue
    return found


def words_of(drawn: bytes) -> str:
    """The Latin text of a PDF, as its drawing strings have it (two bytes a letter); other letters are numbers of glyphs there."""
    strings = [piece for one in streams(drawn) if b"\nBT" in one for piece in re.findall(rb"\(((?:\\.|[^()\\])*)\)", one, re.DOTALL)]
    return re.sub(rb"\\(.)", rb"\1", b"".join(strings), flags=re.DOTALL).replace(b"\0", b"").decode("latin-1")


def letters_of(drawn: bytes) -> set[str]:
    """The letters for which a PDF says what its glyphs mean, so that they can be searched and copied."""
    tables = [one for one in streams(drawn) if b"beginbfrange" in one]
    return {chr(int(code, 16)) for one in tables for row in re.findall(rb"\[([^\]]*)\]", one) for code in re.findall(rb"<(\w{4})>", row)}
