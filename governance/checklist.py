"""The checklist of each kind of crisis: a file with its items, who does each and within what time, and a statement to begin with."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from core.checklist import Checklist, Late, Silence
from core.crisis import Kind, Room
from core.errors import ConfigError

FOLDER = Path(__file__).resolve().parent / "checklists"
FIRST = ("pause-scheduled", "freeze-publishers")
"""What every checklist begins with: nothing of ours may go out unseen while the room meets."""


def read(path: Path) -> Checklist:
    """One file. Raises ConfigError: it cannot be read, lacks what every one begins with, or names an item twice."""
    try:
        found = Checklist.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ConfigError(f"{path.name}: {error}", reason="checklist_invalid") from error
    names = [one.id for one in found.items]
    if tuple(names[: len(FIRST)]) != FIRST:
        raise ConfigError(f"{path.name}: a checklist begins with {' and '.join(FIRST)}, not with {names[0]}", reason="checklist_invalid")
    if len(set(names)) < len(names) or path.stem != found.kind:
        raise ConfigError(f"{path.name}: each id stands once, and the file is called after its kind", reason="checklist_invalid")
    return found


@cache
def checklists() -> Mapping[Kind, Checklist]:
    """All kinds. Raises ConfigError."""
    return {kind: read(FOLDER / f"{kind.value}.yaml") for kind in Kind}


def late_items(checklist: Checklist, room: Room, until: datetime) -> tuple[Late, ...]:
    """What was not done within its time, in the order of the list; judged at `until` (aware UTC) or when the crisis was over."""
    begun, over = room.crisis.declared_at, min(until, room.crisis.stood_down_at or until)
    found = []
    for one in checklist.items:
        tick = room.ticks.get(one.id)
        due_at, done_at = begun + one.within, tick.at if tick is not None else None
        if (done_at or over) > due_at:
            found.append(Late(item=one, due_at=due_at, done_at=done_at))
    return tuple(found)


def silences(room: Room, first_within: timedelta, every: timedelta, until: datetime) -> tuple[Silence, ...]:
    """Where the time to the first statement, or between two, was longer than promised; judged at `until` or when the crisis was over."""
    over = min(until, room.crisis.stood_down_at or until)
    said = sorted(at for one in room.statements if (at := one.published_at) is not None and at <= over)
    found = []
    for before, after in zip([room.crisis.declared_at, *said], [*said, None], strict=True):
        allowed = first_within if before == room.crisis.declared_at else every
        length = (after or over) - before
        if length > allowed:
            found.append(Silence(since=before, until=after, length=length))
    return tuple(found)
