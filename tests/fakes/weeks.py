"""A dairy's week in figures, as the digest gets it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from core.figures import Answers, Blind, Burning, Counted, Day, Opened, Sent, Waiting, WeekFigures
from core.types import Severity


def days(first: date, posts: tuple[int, ...], negative: tuple[int, ...]) -> tuple[Day, ...]:
    pairs = zip(posts, negative, strict=True)
    return tuple(Day(day=first + timedelta(days=n), posts=said, negative=bad) for n, (said, bad) in enumerate(pairs))


def quiet_week(**changed: Any) -> WeekFigures:
    """Nothing happened but a few posts; nothing is open."""
    quiet = WeekFigures(
        starts_at=datetime(2026, 11, 1, 23, tzinfo=UTC),
        ends_at=datetime(2026, 11, 8, 23, tzinfo=UTC),
        zone="Europe/Warsaw",
        days=days(date(2026, 11, 2), (210, 205, 190, 215, 240, 120, 110), (20, 18, 22, 19, 25, 9, 8)),
        ours=31,
        answers=Answers(opened=40, answered=38, late=1, median_s=3900.0),
        opened=(),
        breaches=(),
        leaks=(),
        waiting=(),
        burning=(),
        blind=(),
        sent=(Sent(channel="mail", sent=12, failed=0),),
    )
    return replace(quiet, **changed)


def burns(incident_id: int, label: str, severity: Severity, owner: str, opened_at: datetime) -> Burning:
    return Burning(incident_id=incident_id, label=label, severity=severity, owner=owner, opened_at=opened_at)


def busy_week(**changed: Any) -> WeekFigures:
    """Late parcels on Thursday, a leak, a blind source, a broken channel."""
    busy = WeekFigures(
        starts_at=datetime(2026, 11, 8, 23, tzinfo=UTC),
        ends_at=datetime(2026, 11, 15, 23, tzinfo=UTC),
        zone="Europe/Warsaw",
        days=days(date(2026, 11, 9), (220, 231, 208, 612, 402, 150, 131), (21, 25, 30, 401, 190, 33, 20)),
        ours=44,
        answers=Answers(opened=164, answered=121, late=37, median_s=9600.0),
        opened=(
            Opened(label="leak.codename", severity=Severity.CRITICAL, count=1),
            Opened(label="complaint.delivery", severity=Severity.HIGH, count=1),
            Opened(label="complaint.billing", severity=Severity.MEDIUM, count=3),
        ),
        breaches=(Counted(label="policy.undisclosed", count=2), Counted(label="policy.quarrel", count=1)),
        leaks=(Counted(label="leak.pii.phone", count=4), Counted(label="leak.codename", count=3)),
        waiting=(
            Waiting(owner="care", incidents=1, conversations=31, late=9),
            Waiting(owner="compliance", incidents=0, conversations=0, late=0),
            Waiting(owner="pr", incidents=1, conversations=2, late=1),
        ),
        burning=(
            burns(12, "leak.codename", Severity.CRITICAL, "pr", datetime(2026, 11, 12, 1, tzinfo=UTC)),
            burns(9, "complaint.delivery", Severity.HIGH, "care", datetime(2026, 11, 12, 9, tzinfo=UTC)),
            burns(7, "complaint.billing", Severity.MEDIUM, "care", datetime(2026, 11, 11, 9, tzinfo=UTC)),
        ),
        blind=(Blind(source_id="facebook-page", since=datetime(2026, 11, 15, 20, 20, tzinfo=UTC), seconds=9600.0, reason="unauthorized"),),
        sent=(Sent(channel="mail", sent=41, failed=0), Sent(channel="slack-pr", sent=7, failed=3)),
        before=quiet_week(),
    )
    return replace(busy, **changed)
