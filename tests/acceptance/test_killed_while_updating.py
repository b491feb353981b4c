"""kill -9 around a change and the edit that follows from it: both happen or neither, and the message shows the state in the end."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from core.types import IncidentState
from storage import Store
from storage.schema_delivery import delivery
from tests.fakes.mortal import TREES, Mortal, Reach
from tests.fakes.slack import TOKEN, Slack


@pytest.mark.timeout(300)
def test_a_change_and_its_edit_survive_the_death_of_whoever_writes_and_of_whoever_sends(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN, encoding="utf-8")
    with Slack() as room:
        channel = f'[[channel]]\nid = "room"\nkind = "slack"\ntoken = {{ file = "{tmp_path / "token"}" }}\nbase_url = "{room.url}/api/"'
        world = Mortal(tmp_path, f"sqlite:///{tmp_path / 'czujka.db'}", Reach("slack:U1", channel))
        world.arrives(TREES[0])
        world.runs_until(lambda _: len(room.messages) == 1)

        world.dies(["incidents", "ack", "1"], "act.written:1")
        assert (state_of(world), updates(world)) == (IncidentState.OPEN, [])

        world.succeeds(["incidents", "ack", "1"])
        assert (state_of(world), updates(world)) == (IncidentState.ACKNOWLEDGED, ["waiting"])

        world.dies(["deliver", "--once"], "deliver.sent:1")
        assert updates(world) == ["waiting"]
        world.runs_until(lambda _: updates(world) == ["sent"])
        [shown] = room.messages.values()
    assert room.posted == 1
    assert "acknowledged" in str(shown["blocks"][0])
    assert len(room.arrived) == 3, "one message, and the edit twice: it may be told again, for it says the same"


def state_of(world: Mortal) -> IncidentState:
    store = Store.open(world.url)
    try:
        return store.incidents.card(1).row.state
    finally:
        store.close()


def updates(world: Mortal) -> list[str]:
    """The states of the updates, in order."""
    store = Store.open(world.url)
    try:
        with store.database.read() as connection:
            return list(connection.execute(sa.select(delivery.c.state).where(delivery.c.kind == "update")).scalars())
    finally:
        store.close()
