"""The letters in pictures: whose turn it is, what is kept, and that a post with letters is read anew, as after an edit."""

from datetime import datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa

from core.types import Attachment
from storage import Store
from storage.pictures import Letters, Unread, unread_query
from tests.contract.test_store import NOW, an_item, arrive, lease, result
from tests.integration.test_query_plans import is_scan, plan

SLIDE = Attachment(kind="photo", url="https://pictures.example/slide.jpg")
CAT = Attachment(kind="image", url="https://pictures.example/cat.png")
DESCRIBED = Attachment(kind="image", url="https://pictures.example/dog.png", alt="Pies")
FILM = Attachment(kind="video", url="https://pictures.example/film.mp4")
SECRET = Letters("ab" * 32, "POUFNE\nPrzychód 412 mln")
NOTHING = Letters("cd" * 32, "")


def brings(store: Store, number: int, *attachments: Attachment, text: str = "No pięknie", may_page: bool = True) -> None:
    store.items.add([arrive(an_item(number, text, attachments=attachments), may_page=may_page)], NOW)


def take(store: Store, now: datetime = NOW) -> list[Unread]:
    return store.pictures.lease_unread(10, now)


def unread(store: Store, now: datetime = NOW) -> list[str]:
    return [one.reading.text for one in store.reading.unread("v1", 10, now)]


def read_all(store: Store) -> None:
    """As though the classifiers had read everything."""
    with store.database.write() as connection:
        connection.execute(sa.text("UPDATE item SET classified_by = 'v1', classified_at = :now, assessed_at = :now"), {"now": str(NOW)})


def test_pictures_that_nobody_described_have_their_turn_the_newest_first(store: Store) -> None:
    for number, attachments in enumerate([(SLIDE, DESCRIBED, CAT, SLIDE), (DESCRIBED,), (FILM,), (), (CAT,)], start=1):
        brings(store, number, *attachments)
    brings(store, 6, CAT, may_page=False)
    brings(store, 7, Attachment(kind="image", url="data:image/png;base64,AAAA"))
    assert sorted(one.urls for one in take(store)) == [(CAT.url,), (SLIDE.url, CAT.url)]
    assert take(store) == [], "nobody else takes them"


def test_letters_stand_after_the_text_and_the_post_is_read_and_assessed_anew(store: Store) -> None:
    brings(store, 1, SLIDE, CAT)
    read_all(store)
    [one] = take(store)
    assert store.pictures.keep_letters(one, {SLIDE.url: SECRET, CAT.url: NOTHING}, is_over=True)
    assert unread(store) == ["No pięknie\n\n[POUFNE\nPrzychód 412 mln]"]
    [found] = store.items.search("przychod 412")
    assert not found.is_edited, "its author changed nothing"
    assert store.pictures.count() == 1, "what else a picture shows, a person looks at"
    assert take(store, NOW + timedelta(hours=30)) == []


def test_a_picture_without_letters_changes_nothing_but_its_hash(store: Store) -> None:
    brings(store, 1, CAT)
    read_all(store)
    [one] = take(store)
    assert store.pictures.keep_letters(one, {CAT.url: NOTHING}, is_over=True)
    assert unread(store) == []
    assert shown(store) == [{"kind": "image", "url": CAT.url, "alt": "", "sha256": "cd" * 32}]


def shown(store: Store) -> list[dict[str, str]]:
    with store.database.read() as connection:
        found: list[dict[str, str]] = connection.execute(
            sa.select(sa.literal_column("attachments", sa.JSON)).select_from(sa.table("item"))
        ).scalar_one()
    return found


def test_a_post_of_a_picture_alone_has_its_letters_as_text(store: Store) -> None:
    brings(store, 1, SLIDE, text="")
    [one] = take(store)
    store.pictures.keep_letters(one, {SLIDE.url: Letters("ab", "zero\x00 [nawias]")}, is_over=True)
    assert unread(store) == ["[zero\ufffd [nawias]]"]


def test_what_was_not_read_comes_back_each_time_after_longer_and_for_a_day(store: Store) -> None:
    brings(store, 1, SLIDE, CAT)
    [one] = take(store)
    store.pictures.keep_letters(one, {CAT.url: NOTHING}, is_over=False)
    tries, now = [], NOW
    while now < NOW + timedelta(days=4):
        now += timedelta(minutes=1)
        for one in take(store, now):
            tries.append(now - NOW)
            assert one.urls == (SLIDE.url,), "the other was read"
            store.pictures.keep_letters(one, {}, is_over=one.is_last)
    waits = [later - earlier for earlier, later in pairwise(tries)]
    assert waits == sorted(waits)
    assert 5 < len(tries) < 15
    assert timedelta(hours=24) < tries[-1] < timedelta(hours=48)


def test_an_edit_keeps_the_letters_of_the_same_picture_and_has_a_new_one_read(store: Store) -> None:
    brings(store, 1, SLIDE)
    [one] = take(store)
    store.pictures.keep_letters(one, {SLIDE.url: SECRET}, is_over=True)
    brings(store, 1, SLIDE, text="Poprawione")
    assert unread(store) == ["Poprawione\n\n[POUFNE\nPrzychód 412 mln]"]
    assert take(store) == []
    brings(store, 1, SLIDE, CAT, text="Poprawione")
    assert [one.urls for one in take(store)] == [(CAT.url,)]


def test_seen_again_unchanged_a_post_keeps_its_letters(store: Store) -> None:
    brings(store, 1, SLIDE)
    [one] = take(store)
    store.pictures.keep_letters(one, {SLIDE.url: SECRET}, is_over=True)
    brings(store, 1, SLIDE)
    assert (unread(store), take(store)) == (["No pięknie\n\n[POUFNE\nPrzychód 412 mln]"], [])


def test_what_was_read_of_a_post_that_changed_meanwhile_is_not_kept(store: Store) -> None:
    brings(store, 1, SLIDE)
    [one] = take(store)
    brings(store, 1, CAT, text="Poprawione")
    assert not store.pictures.keep_letters(one, {SLIDE.url: SECRET}, is_over=True)
    assert unread(store) == ["Poprawione"]
    assert [one.urls for one in take(store)] == [(CAT.url,)]


def test_letters_go_with_a_post_that_is_deleted_or_erased(store: Store) -> None:
    store.sources.sync(["x-mentions"], NOW)
    posts = [an_item(number, "No pięknie", attachments=(SLIDE,)) for number in (1, 2, 3)]
    store.sources.apply_page(result(lease(store), posts, {}), NOW)
    taken = take(store)
    assert len(taken) == 3
    for one in taken[:2]:
        store.pictures.keep_letters(one, {SLIDE.url: SECRET}, is_over=True)
    store.sources.apply_page(result(lease(store, NOW + timedelta(minutes=6)), [], {}, deleted=("post-1", "post-2", "post-3")), NOW)
    assert store.items.search("poufne") == []
    assert not store.pictures.keep_letters(taken[2], {SLIDE.url: SECRET}, is_over=True)
    assert take(store, NOW + timedelta(hours=1)) == []


def test_the_queue_uses_an_index(store: Store) -> None:
    with store.database.read() as connection:
        if not store.database.is_sqlite:
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        assert [line for line in plan(connection, unread_query(8, NOW)) if is_scan(line)] == []
