"""How far the staff are, in one list: the policy in force, each training, the last of each message."""

from datetime import datetime

from actions import message_plan, readers, training
from core.settings import Settings
from core.staff import Asked, Share
from storage import Store


def shares(store: Store, settings: Settings, now: datetime) -> tuple[Share, ...]:
    """One line for each thing that is asked of the staff; nothing while nobody was taken in."""
    return (*_policy(store, settings, now), *_trainings(store, settings, now), *_messages(store, settings, now))


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


def _messages(store: Store, settings: Settings, now: datetime) -> tuple[Share, ...]:
    sent = (message_plan.last(store, settings, one, now) for one in settings.message_plan)
    return tuple(
        Share(
            what=Asked.MESSAGE,
            names={language: one.plan.name(language) for language in ("en", "pl")},
            people=len(one.people),
            done=len(one.people) - len(one.unread),
            late=len(one.unread) if now >= one.late_at else 0,
        )
        for one in sent
        if one is not None and one.people
    )
