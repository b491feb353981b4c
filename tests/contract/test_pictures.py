"""What people say of their pictures is read with the post: once, in brackets, findable, and gone with the post."""

from datetime import timedelta

from core.types import Attachment
from storage import Store
from tests.contract.test_store import NOW, an_item, arrive, lease, result

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
