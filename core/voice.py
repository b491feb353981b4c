"""The share of voice of a period: how often we and our competitors were named, where, and by whom most."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One competitor, or us (''): posts by platform; likes, replies and shares a post, None where no platform told them."""

    name: str
    posts: Mapping[str, int]
    reactions: float | None

    @property
    def total(self) -> int:
        return sum(self.posts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A stranger who wrote in public. `followers` None is unknown, and never nought."""

    name: str
    platform: str
    posts: int
    followers: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """How many questions people asked in public, and how many of them somebody answered right under them: we, or another customer."""

    asked: int = 0
    by_us: int = 0
    by_customers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareOfVoice:
    """`named` begins with us. `topics` are labels with their posts, the most frequent first; `questions` are of posts that are still kept,
    `speakers` of the newest posts alone. `is_known` is False where collection had not begun or the viewer sees no brand."""

    period: Period
    is_known: bool
    named: tuple[Named, ...]
    topics: tuple[tuple[str, int], ...]
    speakers: tuple[Speaker, ...]
    questions: Questions

    @property
    def platforms(self) -> tuple[str, ...]:
        """Where anybody was named, the busiest first."""
        counts: dict[str, int] = {}
        for one in self.named:
            for platform, posts in one.posts.items():
                counts[platform] = counts.get(platform, 0) + posts
        return tuple(sorted(counts, key=lambda name: (-counts[name], name)))

    def share(self, one: Named, platform: str = "") -> float | None:
        """Of all times that anybody was named (there): how often this one. None where nobody was, or nobody is compared."""
        everybody = sum(each.posts.get(platform, 0) if platform else each.total for each in self.named)
        mine = one.posts.get(platform, 0) if platform else one.total
        return mine / everybody if everybody and len(self.named) > 1 else None
