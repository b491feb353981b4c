"""Asks whoever answers for a clause of the policy to look at it again: once when a review opens, once when its time is over. What opened,
or ends, together is one letter."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage

from alerts.channels import email
from alerts.letter import write
from alerts.review_letter import review_words
from core.policy import Review
from core.sending import DueLetter
from czujka.house import House
from czujka.readers import fallback_team, holders, language_of

ASKED = "review-asked"
LATE = "review-late"
BACK = timedelta(days=7)
"""So far back is looked: a first start does not mail what is old."""


def plan_reviews(house: House) -> None:
    """Write down who is asked to look at what; of what is late the fallback's team hears, too."""
    now, letters, settings = house.clock(), house.store.letters, house.settings
    for (kind, topic), reviews in _together(house, now).items():
        readers = holders(reviews[0].owner, settings)
        if kind == LATE:
            readers = list({reader.address: reader for reader in (*readers, *fallback_team(settings))}.values())
        letters.plan(kind, topic, now, readers, now)


def request(house: House, due: DueLetter, channel: email.Settings, now: datetime) -> EmailMessage | None:
    """One letter; None: all was decided meanwhile, or what was to come in time would come late, and another letter says that."""
    reviews = _together(house, now).get((due.kind, due.topic), ())
    if not reviews:
        return None
    language, zone = language_of(due.reader, house.settings), house.settings.zone()
    version, page = house.store.policies.in_force(now), f"{house.address()}/policy/reviews"
    said = review_words(reviews, version, now, language, f"{due.kind}/{due.topic}", page, zone)
    return write(said, channel.from_address(), due.reader.address, now, zone)


def _together(house: House, now: datetime) -> Mapping[tuple[str, str], Sequence[Review]]:
    """What waits, by the letter that it belongs to now: its kind, the office, and when it opened or was to end."""
    found: defaultdict[tuple[str, str], list[Review]] = defaultdict(list)
    for one in house.store.reviews.list():
        if one.due_at <= now < one.due_at + BACK:
            found[LATE, f"{one.owner}/{one.due_at:%Y%m%dT%H%M%S}"].append(one)
        elif now < min(one.due_at, one.opened_at + BACK):
            found[ASKED, f"{one.owner}/{one.opened_at:%Y%m%dT%H%M%S}/{one.due_at:%Y%m%dT%H%M%S}"].append(one)
    return found
