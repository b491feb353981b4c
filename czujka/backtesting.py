"""A trial run of one rule over what is stored: what it would have raised, how often, for whom, and how often people would agree.

Nothing is written: no finding, no incident, no message.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.route import Place, Topic, route
from classifiers.rules.engine import RuleEngine
from classifiers.rules.pack import Rule
from core.intervals import wilson
from core.settings import Settings
from core.text import fold
from core.types import Finding
from core.verdicts import Said
from storage import Store
from storage.backtesting import SaidOf, Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """One post in which the rule would have fired, and who would have answered for it."""

    item_id: int
    created_at: datetime
    owner: str
    finding: Finding
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The whole run over `posts` posts of `days` days. `right` and `wrong` count posts that people have judged."""

    rule: str
    posts: int
    days: float
    raised: tuple[Raised, ...]
    right: int
    wrong: int

    @property
    def a_week(self) -> float:
        return len(self.raised) * 7 / self.days

    @property
    def owners(self) -> dict[str, int]:
        return dict(Counter(one.owner for one in self.raised).most_common())

    @property
    def precision(self) -> float | None:
        """The share of judged posts where people named the rule's label; None while they judged none."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the precision (Wilson)."""
        return wilson(self.right, self.right + self.wrong)


def run(store: Store, settings: Settings, engine: RuleEngine, rule: Rule, since: datetime, now: datetime) -> Trial:
    """Read every stored post since then with the engine, in which the rule is live. Times are aware UTC."""
    posts, raised = 0, []
    for stored in store.backtesting.posts(since):
        posts += 1
        raised += [_raised(stored, one, settings) for one in fired(engine, rule, stored)]
    said = store.backtesting.said_of(sorted({one.item_id for one in raised}))
    right, wrong = judged(said, rule.label)
    days = max((now - since).total_seconds() / 86_400, 1.0)
    return Trial(rule=rule.detector, posts=posts, days=days, raised=tuple(raised), right=right, wrong=wrong)


def fired(engine: RuleEngine, rule: Rule, stored: Stored) -> tuple[Finding, ...]:
    """What this rule alone would have had reported, once competing findings are resolved."""
    found = engine.read(stored.reading, stored.lang, stored.feeling)
    return tuple(one for one in found if one.detector == rule.detector and one.reported)


def judged(said: Iterable[SaidOf], label: str) -> tuple[int, int]:
    """How many posts people hold to carry this label, and how many not, each post by its majority.

    A post tells something of the label when a finding with it was judged, or when somebody named it in place of another.
    """
    votes: defaultdict[int, int] = defaultdict(int)
    for one in said:
        if one.label == label:
            votes[one.item_id] += 1 if one.said is Said.RIGHT else -1
        elif one.instead == label:
            votes[one.item_id] += 1
    return sum(vote > 0 for vote in votes.values()), sum(vote < 0 for vote in votes.values())


def _raised(stored: Stored, found: Finding, settings: Settings) -> Raised:
    owner = route(_place(stored, settings), [Topic(found.label, found.severity)], settings).owner
    text = stored.reading.text
    return Raised(item_id=stored.item_id, created_at=stored.created_at, owner=owner, finding=found, text=text)


def _place(stored: Stored, settings: Settings) -> Place:
    reading = stored.reading
    owners: Sequence[str | None] = [source.owner for source in settings.source if source.id == stored.source_id]
    return Place(
        brand=reading.brand,
        platform=stored.platform,
        source=stored.source_id,
        language=stored.lang,
        scope=reading.scope,
        source_owner=next(iter(owners), None),
        accounts=frozenset(name.lower() for name in (reading.author, stored.author_id) if name),
        words=fold(reading.text),
        at=stored.collected_at,
        zone=settings.zone(),
    )
