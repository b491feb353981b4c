"""What people do about trainings: take a sheet of completions in, say that they have completed one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from core.errors import NotFound, Refused
from core.settings import Settings
from core.training import Completed, Training, TrainingOwed
from governance.training import must, owed, read_completions
from storage import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far one training is: of how many who must, who owes it, and how many of those are late."""

    training: Training
    people: int
    owing: tuple[TrainingOwed, ...]
    late: int

    @property
    def done(self) -> int:
        return self.people - len(self.owing)


def take_in(store: Store, settings: Settings, path: Path, actor: str, now: datetime) -> int:
    """Take the completions of a sheet in, all or none; answers how many are new. Raises ConfigError: every fault with its line."""
    people = {one.person for one in store.readers.staff()}
    found = read_completions(path, people, [one.id for one in settings.training], actor, now)
    return store.trainings.complete(found, actor, now)


def complete(store: Store, settings: Settings, person: str, training: str, now: datetime) -> bool:
    """`person` has completed it today; False when they said so before. Raises NotFound: none for them; Refused: not owed now."""
    mine = next((one for one in store.readers.staff() if one.person == person and one.is_here(now)), None)
    if mine is None or not any(one.id == training and must(mine, one) for one in settings.training):
        raise NotFound(f"there is no training {training!r} for {person}")
    today = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    said = Completed(person=person, training=training, at=today, by=person)
    if any(one.training.id == training for one in owing(store, settings, person, now)):
        return store.trainings.complete([said], person, now) > 0
    if any((one.person, one.training) == (person, training) for one in store.trainings.done()):
        return False
    raise Refused(f"{training} is not asked for yet")


def owing(store: Store, settings: Settings, person: str, now: datetime) -> Sequence[TrainingOwed]:
    """What one person still owes."""
    mine = [one for one in store.readers.staff() if one.person == person]
    return owed(mine, store.trainings.done(), settings.training, settings.zone(), now)


def completed(store: Store, settings: Settings, person: str) -> Sequence[tuple[Training, datetime]]:
    """What one person has completed of the trainings that there are, and when last."""
    last = {one.training: one.at for one in store.trainings.done() if one.person == person}
    return [(one, last[one.id]) for one in settings.training if one.id in last]


def standing(store: Store, settings: Settings, now: datetime) -> tuple[Standing, ...]:
    """How far each training is that is asked for by now, as configured."""
    here = [one for one in store.readers.staff() if one.is_here(now)]
    found = owed(here, store.trainings.done(), settings.training, settings.zone(), now)
    begun = [one for one in settings.training if one.begins_at(settings.zone()) <= now]
    return tuple(_standing(one, sum(must(each, one) for each in here), found, now) for one in begun)


def _standing(training: Training, people: int, found: Sequence[TrainingOwed], now: datetime) -> Standing:
    mine = tuple(one for one in found if one.training.id == training.id)
    return Standing(training=training, people=people, owing=mine, late=sum(one.is_late(now) for one in mine))
