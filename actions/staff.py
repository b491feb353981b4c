"""How far the staff are, in one list: the policy in force, each training."""

from datetime import datetime

from actions import readers, training
from core.settings import Settings
from core.staff import Asked, Share
from storage import Store


def shares(store: Store, settings: Settings, now: datetime) -> tuple[Share, ...]:
    """One line for each thing that is asked of the staff; nothing while nobody was taken in."""
    return (*_policy(store, settings, now), *_trainings(store, settings, now))


def _policy(store: Store, settings: Settings, now: datetime) -> tuple[Share, ...]:
    found = readers.standing(store, settings, now)
    if found is None:
        return ()
    return (Share(what=Asked.POLICY, names={"en": str(found.version)}, people=found.people, done=found.done, late=found.late),)


def _trainings(store: Store, settings: Settings, now: datetime) -> tuple[Share, ...]:
    return tuple(
        Share(
            what=Asked.TRAINING,
            names={language: one.training.name(language) for language in ("en", "pl")},
            people=one.people,
            done=one.done,
            late=one.late,
        )
        for one in training.standing(store, settings, now)
        if one.people
    )
