"""The digest's screen on the staff: who has read the policy and completed the trainings. Counts alone; names go to managers."""

from core.figures import WeekFigures
from core.staff import Asked, Share
from reports.view import Table, Topic
from reports.wording import Speech, msg

ROWS = 10
WHATS = {
    Asked.POLICY: msg("Policy, version {name}"),
    Asked.TRAINING: msg("Training: {name}"),
    Asked.MESSAGE: msg("Message: {name}"),
}


def share_name(one: Share, speech: Speech) -> str:
    """ "Training: Social media at work"."""
    return speech.say(WHATS[one.what], name=one.name(speech.language))


def staff(figures: WeekFigures, speech: Speech, home: str) -> tuple[Topic, ...]:
    """Nothing while nothing is asked of anybody."""
    if not figures.staff:
        return ()
    late = sum(each.late for each in figures.staff)
    sentence = speech.say("Nobody is late with reading or training.")
    if late:
        sentence = speech.count(
            "{shown} answer of the staff is late: read, completed or confirmed.",
            "{shown} answers of the staff are late: read, completed or confirmed.",
            late,
        )
    rows = [
        (share_name(each, speech), speech.number(each.people), speech.percent(each.done, each.people), speech.number(each.late))
        for each in figures.staff
    ]
    heads = (speech.say("Of the staff"), speech.say("people"), speech.say("done"), speech.say("late"))
    table = Table(heads=heads, aligns=("left", "right", "right", "right"), rows=tuple(rows[:ROWS]), left_out=max(0, len(rows) - ROWS))
    title, link = speech.say("Do our people know?"), speech.say("All of the staff")
    return (Topic(title=title, sentence=sentence, table=table, url=f"{home}/staff", link=link),)
