"""The letter of every Monday: what would leave a page without a person in the year ahead, told to those who can mend it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from alerts.headlines import speak
from alerts.letter import Words, when
from alerts.oncall import Problem, Trouble
from alerts.policy import policy_of, steps_of
from core.i18n import Words as Spoken
from core.settings import Owner, Settings

SHOWN = 6


def concerned(problem: Problem, settings: Settings) -> frozenset[str]:
    """The owners (ids) who can mend it: whose schedule, person or steps it is; the fallback owner where it is nobody's."""
    found = frozenset(owner.id for owner in settings.owner if problem.subject in _of(owner, settings, problem.trouble))
    return found or frozenset({settings.company.fallback} if settings.company.fallback else ())


def by_owner(problems: Iterable[Problem], settings: Settings) -> Mapping[str, Sequence[Problem]]:
    """What each owner is to mend; owners with nothing to mend are left out."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        for owner in sorted(concerned(problem, settings)):
            found.setdefault(owner, []).append(problem)
    return found


def words(problems: Sequence[Problem], settings: Settings, language: str, topic: str, address: str) -> Words:
    """The letter on these problems (none: they were mended meanwhile). `address` is where the page of the rota is."""
    say = speak(language)
    zone = settings.zone()
    about: Callable[[Problem], tuple[str, str]] = lambda one: (one.subject, one.trouble)  # noqa: E731 - a key, used twice
    groups = [list(found) for _, found in groupby(sorted(problems, key=about), key=about)]
    paragraphs = [_paragraph(found, say, zone) for found in groups] or [say.say("What was to be mended has been mended.")]
    return Words(
        subject=say.count("On call in the year ahead: {n} thing to mend", "On call in the year ahead: {n} things to mend", len(groups)),
        paragraphs=[
            say.say("This is what `czujka oncall check` finds in the year from today. While it stands, a page may reach nobody in time."),
            *paragraphs,
            say.say("Mend it here: {url}", url=address),
        ],
        language=language,
        topic=topic,
    )


def _of(owner: Owner, settings: Settings, trouble: Trouble) -> set[str]:
    """Everything that an owner answers for, by id: itself, its schedules, the people of both."""
    steps = steps_of(policy_of(owner.id, settings))
    named = {target.removeprefix("schedule:") for step in steps for target in step.notify if target.startswith("schedule:")}
    if trouble in {Trouble.STEP_NOBODY, Trouble.NO_FALLBACK}:
        return {owner.id}
    if trouble is not Trouble.NO_CONTACT:
        return {owner.id, *named, *([owner.schedule] if owner.schedule else [])}
    serving = [one for one in settings.schedule if one.id in named or one.id == owner.schedule]
    return {*owner.people, *(person for one in serving for layer in one.layer for person in layer.people)}


def _paragraph(found: Sequence[Problem], say: Spoken, zone: ZoneInfo) -> str:
    times = [_span(one, say.language, zone) for one in found if one.starts_at is not None]
    more = len(times) - SHOWN
    lines = [_line(found[0], say), *(f"  {one}" for one in times[:SHOWN])]
    return "\n".join([*lines, *(["  " + say.count("and {n} more time", "and {n} more times", more)] if more > 0 else [])])


def _span(problem: Problem, language: str, zone: ZoneInfo) -> str:
    return " – ".join(when(at, zone, language) for at in (problem.starts_at, problem.ends_at) if at is not None)


def _line(problem: Problem, say: Spoken) -> str:
    match problem.trouble:
        case Trouble.GAP:
            return say.say("{subject}: nobody is on call", subject=problem.subject)
        case Trouble.NO_CONTACT:
            return say.say("{subject} has no contact that works", subject=problem.subject)
        case Trouble.STEP_NOBODY:
            return say.say("{subject}: a step of the escalation pages nobody; the fallback would be paged", subject=problem.subject)
        case Trouble.OVERRIDE_LEFT:
            return say.say("{subject}: somebody who has left is put on call: {detail}", subject=problem.subject, detail=problem.detail)
        case Trouble.NO_FALLBACK:
            return say.say("There is no fallback: when nobody on call can be reached, nobody is paged.")
        case _:
            return say.say("{subject}: cannot be read: {detail}", subject=problem.subject, detail=problem.detail)
