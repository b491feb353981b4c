"""Pictures that nobody described: on a page and over the API, until somebody says that he looked; only by who may act and sees them."""

import pytest
from playwright.sync_api import expect

from core.settings import Person, PicturesTable
from core.types import Attachment
from tests.contract.test_store import an_item, arrive
from tests.web.calling import api, problem, token_of
from tests.web.site import Site, Visit, form_of


@pytest.fixture
def shown(site: Site) -> Site:
    """Three posts of which only pictures tell anything, and one whose picture was described."""
    film = Attachment(kind="video", url="https://social.example/film")
    posts = [an_item(number, f"No pięknie {number}", platform="mastodon", attachments=(film,)) for number in (1, 2, 3)]
    said = an_item(4, "Opisane", platform="mastodon", attachments=(Attachment(kind="image", alt="Ser"),))
    site.store.items.add([arrive(one) for one in (*posts, said)], site.clock())
    return site


def test_somebody_looks_at_them(shown: Site, visit: Visit) -> None:
    waited = [item.item_id for item in shown.store.pictures.waiting(9)]
    page = visit.page(shown.url, width=390, sign_in=shown.link())
    page.goto(f"{shown.url}/posts")
    page.get_by_role("link", name="Pictures to look at").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pictures to look at 3")
    expect(page.get_by_role("article").first).to_contain_text("No pięknie 3")
    page.get_by_role("button", name="Looked at").first.click()
    expect(page.get_by_role("article")).to_have_count(2)
    page.get_by_role("button", name="I have looked at all of these").click()
    expect(page.locator(".empty")).to_contain_text("Nothing waits")
    page.goto(f"{shown.url}/posts")
    expect(page.get_by_role("link", name="Pictures to look at")).to_have_count(0)
    told = [line for line in shown.store.audit.lines() if line.act == "picture_seen"]
    assert sorted((line.actor, line.subject) for line in told) == [("anna", f"post {item_id}") for item_id in sorted(waited)]


def test_over_the_api(shown: Site) -> None:
    with api(shown, token_of(shown, "anna")) as client:
        first = client.get("/pictures?limit=2").json()
        rest = client.get(f"/pictures?cursor={first['next']}").json()
        assert [one["text"] for one in first["items"] + rest["items"]] == ["No pięknie 3", "No pięknie 2", "No pięknie 1"]
        assert [client.post(f"/pictures/{first['items'][0]['id']}/seen").status_code for _ in range(2)] == [204, 204]
        assert len(client.get("/pictures").json()["items"]) == 2
    with api(shown, token_of(shown, "anna", scopes=("see",))) as reader:
        problem(reader.post(f"/pictures/{first['items'][1]['id']}/seen"), 403, "scope_missing")
    assert shown.store.pictures.count() == 2


def test_who_may_only_look_on_says_nothing(shown: Site) -> None:
    people = (*shown.context.settings.person, Person(id="vera", roles=("viewer",)))
    shown.context.settings = shown.context.settings.model_copy(update={"person": people})
    [post] = shown.store.pictures.waiting(1)
    with shown.client("vera") as vera:
        told = vera.get("/pictures").text
        assert "No pięknie 3" in told
        assert "Looked at" not in told
        assert vera.post("/pictures/seen", data={"csrf": form_of(vera, "/account"), "item": post.item_id}).status_code == 403
    assert shown.store.pictures.count() == 3


@pytest.mark.parametrize(
    ("reads", "told"), [(False, "Czujka reads words, and no pictures."), (True, "Czujka reads the letters in pictures")]
)
def test_the_page_says_whether_letters_are_read(shown: Site, *, reads: bool, told: str) -> None:
    shown.context.settings = shown.context.settings.model_copy(update={"pictures": PicturesTable(read=reads)})
    with shown.client("anna") as anna:
        assert told in anna.get("/pictures").text
