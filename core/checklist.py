"""A checklist for a crisis as a record, and what was late: items done after their time, silences longer than promised."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.crisis import Kind, Part
from core.table import Duration

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
Text = Annotated[str, Field(min_length=3, max_length=600)]


class Item(BaseModel):
    """One thing to do: who does it, and within what time after the crisis was declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Name
    part: Part
    within: Duration
    pl: Text
    en: Text

    def text(self, language: str) -> str:
        return self.pl if language == "pl" else self.en


class Words(BaseModel):
    """The same in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pl: Text
    en: Text

    def text(self, language: str) -> str:
        return self.pl if language == "pl" else self.en


class Checklist(BaseModel):
    """A file. `statement` holds {what} and {next}, which people fill in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    name: Words
    statement: Words
    items: Annotated[tuple[Item, ...], Field(min_length=3)]

    def item(self, name: str) -> Item | None:
        """The item of this id."""
        return next((one for one in self.items if one.id == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """An item that was done late (`done_at`), or not at all by then."""

    item: Item
    due_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A time in which we said nothing outside for longer than promised; `until` None while it lasts."""

    since: datetime
    until: datetime | None
    length: timedelta
