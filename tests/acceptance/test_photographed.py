"""A leak that stands in no word of a post: somebody photographed a slide. Its letters are read, and the owner is paged with them."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from core.http import Http
from core.settings import PicturesTable
from core.types import Attachment, Author, Item, ItemKind, Scope, Voice
from czujka.doctor import audit
from czujka.looking import read_pictures
from storage.items import Arrival
from tests.acceptance.city import City
from tests.fakes.drawn import PHOTO, slide
from tests.fakes.server import Reply, Request, Server

SLIDE = ("POUFNE – tylko do użytku wewnętrznego", "Projekt Bursztyn: wyniki za III kwartał", "Przychód 412 mln zł, strata netto 18 mln zł")


@pytest.fixture
def pictures() -> Iterator[Server]:
    """A server of pictures; it answers 503 at first."""
    shown = {"/slide.jpg": slide(SLIDE), "/cat.jpg": PHOTO.read_bytes()}
    tries: list[str] = []

    def answer(request: Request) -> Reply:
        tries.append(request.path)
        return Reply(503) if tries.count(request.path) == 1 else Reply(200, shown[request.path], {"Content-Type": "image/jpeg"})

    with Server(answer) as server:
        yield server


def posts(dairy: City, text: str, by: str, picture: str) -> None:
    """A mention with a picture that its author did not describe."""
    item = Item(
        platform="mastodon",
        external_id=f"toot-{by}",
        kind=ItemKind.POST,
        voice=Voice.PUBLIC,
        author=Author(id=by, handle=by),
        text=text,
        created_at=dairy.now,
        attachments=(Attachment(kind="image", url=picture),),
    )
    arrival = Arrival(item=item, source_id="mastodon", brand="polna", scope=Scope.MENTION, may_page=True, collected_at=dairy.now)
    dairy.house.store.items.add([arrival], dairy.now)
    dairy.forward("1s")


def test_photographed(dairy: City, pictures: Server) -> None:
    """Nothing in the words; the picture cannot be had at first; five minutes later its letters page, once."""
    dairy.at("2026-11-20 10:00")
    dairy.house.settings = dairy.house.settings.model_copy(update={"pictures": PicturesTable(read=True)})
    dairy.house.http.close()
    with closing(Http(allow_private=["127.0.0.0/8"])) as dairy.house.http:
        posts(dairy, "Patrzcie, co nam dziś pokazali na zebraniu", "jarek", f"{pictures.url}/slide.jpg")
        posts(dairy, "A to mój dziadek", "ola", f"{pictures.url}/cat.jpg")
        assert read_pictures(dairy.house) == 2
        dairy.forward("1m")
        dairy.expect_nothing_else()
        assert read_pictures(dairy.house) == 0, "not so soon again"
        dairy.forward("5m")
        assert read_pictures(dairy.house) == 2
        dairy.forward("1m")
    assert {label.split(".")[0] for label, _ in dairy.open_incidents()} == {"leak"}
    [mail] = {mail.recipients: mail for mail in dairy.new_mails()}.values()
    assert "Projekt Bursztyn" in mail.part("plain")
    assert dairy.house.store.pictures.count() == 2, "a person looks at them all the same"
    assert read_pictures(dairy.house) == 0
    dairy.forward("10m")
    assert len(pictures.requests) == 4


def test_nothing_is_fetched_unless_asked_for(dairy: City, pictures: Server) -> None:
    dairy.at("2026-11-20 10:00")
    posts(dairy, "Patrzcie, co nam dziś pokazali na zebraniu", "jarek", f"{pictures.url}/slide.jpg")
    assert (read_pictures(dairy.house), pictures.requests) == (0, [])


def test_the_doctor_says_that_tesseract_is_missing(dairy: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(dairy.folder))

    def ills() -> list[tuple[str, str]]:
        found = audit(dairy.house.settings, dairy.house.store, dairy.now)
        return [(str(ill.detail), str(ill.advice)) for ill in found if ill.kind == "pictures"]

    assert ills() == []
    dairy.house.settings = dairy.house.settings.model_copy(update={"pictures": PicturesTable(read=True)})
    [(detail, advice)] = ills()
    assert detail == "their letters are not read: tesseract-ocr is missing"
    assert advice == "install tesseract-ocr (as Debian calls them), or set read = false under [pictures]"
    assert read_pictures(dairy.house) == 0
