"""What people say of their pictures is read with the post: once, in brackets, findable, and gone with the post. Where they say nothing, a
person looks."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from core.access import Sight
from core.types import Attachment
from storage import Store
from storage.pictures import waiting_query
from tests.contract.test_store import NOW, an_item, arrive, lease, result
from tests.integration.test_query_plans import is_scan, plan

FILM = Attachment(kind="video", url="f")
MOULD = Attachment(kind="image", url="a", alt="Spleśniały ser z numerem partii")


def read(store: Store, text: str, *attachments: Attachment, title: str = "") -> str:
    store.items.add([arrive(an_item(1, text, title=title, attachments=attachments))], NOW)
    [unread] = store.reading.unread("v1", 10, NOW)
    return unread.reading.text


def test_what_is_said_of_a_picture_stands_after_the_text(store: Store) -> None:
    film = Attachment(kind="VIDEO", url="b", alt=" Kropla na zakrętce ")
    assert read(store, "No pięknie", MOULD, film) == "No pięknie\n\n[Spleśniały ser z numerem partii]\n\n[Kropla na zakrętce]"


def test_a_post_of_a_picture_alone_is_read_by_what_is_said_of_it(store: Store) -> None:
    assert read(store, "", MOULD) == "[Spleśniały ser z numerem partii]"


def test_a_headline_stands_first(store: Store) -> None:
    assert read(store, "Treść", MOULD, title="Tytuł") == "Tytuł\n\nTreść\n\n[Spleśniały ser z numerem partii]"


def test_what_the_text_says_already_and_what_a_link_leads_to_is_not_added(store: Store) -> None:
    link = Attachment(kind="link", url="c", alt="Tytuł cudzego artykułu")
    said = Attachment(kind="photo", url="d", alt="No pięknie")
    assert read(store, "No pięknie, moi drodzy", link, said, Attachment(kind="photo", url="e")) == "No pięknie, moi drodzy"


def test_it_is_found_by_its_words_and_goes_with_the_post(store: Store) -> None:
    store.sources.sync(["x-mentions"], NOW)
    store.sources.apply_page(result(lease(store), [an_item(1, "No pięknie", attachments=(MOULD,))], {}), NOW)
    [post] = store.items.search("splesnialy")
    store.sources.apply_page(result(lease(store, NOW + timedelta(minutes=6)), [], {}, deleted=("post-1",)), NOW)
    assert (store.items.get(post.item_id).quote.text, store.items.search("splesnialy")) == ("", [])


def brings(store: Store, *numbers: int, may_page: bool = True, **changes: Any) -> None:
    posts = [arrive(an_item(number, attachments=(FILM, MOULD)), may_page=may_page, **changes) for number in numbers]
    store.items.add(posts, NOW)


def waiting(store: Store, sight: Sight | None = None) -> list[str]:
    found = store.pictures.waiting(10, sight=sight)
    assert store.pictures.count(sight) == len(found)
    return [one.quote.author for one in found]


def test_what_nobody_described_waits_for_a_person(store: Store) -> None:
    brings(store, 1, 2)
    store.items.add([arrive(an_item(3, attachments=(MOULD,))), arrive(an_item(4))], NOW)
    assert waiting(store) == ["@user2", "@user1"]
    [_, first] = store.pictures.waiting(10)
    assert [one.quote.author for one in store.pictures.waiting(10, before=first.item_id + 1)] == ["@user1"]
    assert [store.pictures.seen([first.item_id], who, NOW) for who in ("jan", "ewa")] == [1, 0]
    assert [(line.actor, line.act, line.subject) for line in store.audit.lines()] == [("jan", "picture_seen", f"post {first.item_id}")]
    assert waiting(store) == ["@user2"]


def test_an_edit_that_brings_a_picture_is_read_and_looked_at_again(store: Store) -> None:
    """And neither a new address of the same picture, nor another source that brings none, is an edit."""

    def comes(*attachments: Attachment, text: str = "No pięknie") -> int:
        return store.items.add([arrive(an_item(1, text, attachments=attachments))], NOW).edited

    comes(FILM)
    [post] = store.pictures.waiting(1)
    store.pictures.seen([post.item_id], "jan", NOW)
    assert [comes(FILM), comes(replace(FILM, url="cdn2")), comes()] == [0, 0, 0]
    assert waiting(store) == []
    assert comes(FILM, FILM) == 1
    assert waiting(store) == ["@user1"]
    assert comes(FILM, replace(FILM, alt="Pleśń pod zakrętką")) == 1
    assert store.items.get(post.item_id).quote.text == "No pięknie\n\n[Pleśń pod zakrętką]"
    assert waiting(store) == ["@user1"], "one is still without words"
    store.pictures.seen([post.item_id], "jan", NOW)
    assert comes(FILM, replace(FILM, alt="Pleśń pod zakrętką"), text="Coraz piękniej") == 1
    assert waiting(store) == [], "the pictures are those that somebody has looked at"


def test_what_was_imported_or_shown_at_the_first_poll_does_not_wait(store: Store) -> None:
    brings(store, 1, may_page=False)
    assert waiting(store) == []


def test_only_who_sees_a_post_looks_at_it(store: Store) -> None:
    brings(store, 1, brand="polna")
    [post] = store.pictures.waiting(1)
    other = Sight(brands=frozenset({"other"}))
    assert (waiting(store, other), store.pictures.seen([post.item_id], "jan", NOW, other)) == ([], 0)
    assert waiting(store, Sight(brands=frozenset({"polna"}))) == ["@user1"]


def test_what_was_deleted_or_erased_waits_no_more(store: Store) -> None:
    store.sources.sync(["x-mentions"], NOW)
    posts = [an_item(number, attachments=(FILM,)) for number in (1, 2)]
    store.sources.apply_page(result(lease(store), posts, {}), NOW)
    store.sources.apply_page(result(lease(store, NOW + timedelta(minutes=6)), [], {}, deleted=("post-1",)), NOW)
    assert waiting(store) == ["@user2"]
    store.erasing.erase(store.erasing.who("@user2"), (), "cli:ola", NOW)
    assert waiting(store) == []


def test_the_queue_uses_an_index(store: Store) -> None:
    with store.database.read() as connection:
        if not store.database.is_sqlite:
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        assert [line for line in plan(connection, waiting_query(30, None, None)) if is_scan(line)] == []
