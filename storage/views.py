"""Views that people keep: a question of the inbox under a name, for themselves or for a team; which one a person begins with."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.errors import NotFound
from core.wanted import SavedView
from storage.database import Database
from storage.schema_daily import default_view, saved_view


class Views:
    """Questions about kept views."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, person: str, teams: Collection[str]) -> list[SavedView]:
        """A person's own views and those of their teams, by name."""
        with self._database.read() as connection:
            return [_view(row) for row in connection.execute(_seen(person, teams).order_by(saved_view.c.name, saved_view.c.id))]

    def default(self, person: str, teams: Collection[str]) -> SavedView | None:
        """The view that a person begins with, while they may still see it."""
        with self._database.read() as connection:
            row = connection.execute(_seen(person, teams).where(default_view.c.person == person)).one_or_none()
        return _view(row) if row is not None else None

    def count(self, person: str) -> int:
        """How many views has this person made?"""
        query = sa.select(sa.func.count()).select_from(saved_view).where(saved_view.c.person == person)
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def keep(self, person: str, name: str, query: str, team: str | None, now: datetime) -> int:
        """Keep a view; one of the same person with the same name is replaced. Answers its id."""
        row = {"person": person, "name": name, "query": query, "team": team, "made_at": now}
        insert = self._database.insert(saved_view).values(row)
        changed = {"query": query, "team": team, "made_at": now}
        upsert = insert.on_conflict_do_update(index_elements=["person", "name"], set_=changed).returning(saved_view.c.id)
        with self._database.write() as connection:
            return int(connection.execute(upsert).scalar_one())

    def drop(self, view_id: int, person: str) -> None:
        """Forget a view of this person's; nobody begins with it any more. Raises NotFound."""
        with self._database.write() as connection:
            mine = sa.and_(saved_view.c.id == view_id, saved_view.c.person == person)
            if connection.execute(sa.select(saved_view.c.id).where(mine)).one_or_none() is None:
                raise NotFound(f"there is no view {view_id} of {person}")
            connection.execute(sa.delete(default_view).where(default_view.c.view_id == view_id))
            connection.execute(sa.delete(saved_view).where(mine))

    def begin_with(self, person: str, view_id: int | None, teams: Collection[str]) -> None:
        """The view that the person's inbox opens with; None for no view. Raises NotFound for one that they do not see."""
        with self._database.write() as connection:
            connection.execute(sa.delete(default_view).where(default_view.c.person == person))
            if view_id is None:
                return
            if connection.execute(_seen(person, teams).where(saved_view.c.id == view_id)).one_or_none() is None:
                raise NotFound(f"there is no view {view_id} for {person}")
            connection.execute(sa.insert(default_view).values(person=person, view_id=view_id))


def _seen(person: str, teams: Collection[str]) -> sa.Select[Any]:
    mine = sa.and_(default_view.c.view_id == saved_view.c.id, default_view.c.person == person)
    query = sa.select(saved_view, default_view.c.person.label("begins")).outerjoin(default_view, mine)
    return query.where(sa.or_(saved_view.c.person == person, saved_view.c.team.in_(teams)))


def _view(row: sa.Row[Any]) -> SavedView:
    return SavedView(row.id, row.name, row.query, row.person, row.team, row.begins is not None)
