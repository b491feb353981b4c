"""What its platform deleted goes here too, on both databases: also out of the conversation that it opened."""

from datetime import UTC, datetime

import sqlalchemy as sa

from core.types import Author, Item, ItemKind, Scope, Voice
from storage import Store
from storage.items import Arrival, store_items
from storage.schema import conversation, conversation_item, item

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def posts(store: Store, name: str, author: str) -> int:
    """A post of somebody; its number."""
    said = Item(
        platform="x",
        external_id=name,
        kind=ItemKind.POST,
        text=f"gdzie paczka {name}",
        voice=Voice.PUBLIC,
        created_at=NOW,
        author=Author(id=author, name=author.title(), handle=author),
    )
    store.items.add([Arrival(item=said, source_id="s", brand=None, scope=Scope.MENTION, may_page=False, collected_at=NOW)], NOW)
    with store.database.read() as connection:
        return int(connection.execute(sa.select(item.c.id).where(item.c.external_id == name)).scalar_one())


def talks(store: Store, author: str, *numbers: int) -> None:
    """Their conversation with us."""
    row = {"key": f"x:{author}", "platform": "x", "author": author.title(), "owner": "care", "state": "new", "opened_at": NOW}
    with store.database.write() as connection:
        key = connection.execute(
            sa.insert(conversation).values(row | {"last_item_id": numbers[-1]}).returning(conversation.c.id)
        ).scalar_one()
        connection.execute(sa.insert(conversation_item), [{"conversation_id": key, "item_id": number} for number in numbers])


def test_a_conversation_of_which_nothing_is_left_names_its_author_no_longer(store: Store) -> None:
    talks(store, "zenon", posts(store, "z1", "zenon"))
    talks(store, "maria", posts(store, "m1", "maria"), posts(store, "m2", "maria"))
    with store.database.write() as connection:
        store_items(store.database, connection, [], [("x", "z1"), ("x", "m1")], NOW)
    with store.database.read() as connection:
        named = connection.execute(sa.select(conversation.c.author, conversation.c.key).order_by(conversation.c.id)).all()
        stored = str(connection.execute(sa.select(item).order_by(item.c.id)).all())
    assert [tuple(row) for row in named] == [("", "x:?deleted-conversation-1"), ("Maria", "x:maria")]
    assert "zenon" not in stored.lower()
    assert [one.external_id for one in store.items.search("paczka")] == ["m2"]

    talks(store, "zenon", posts(store, "z2", "zenon"))
    with store.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(conversation)).scalar() == 3, "they may write to us again"
