"""What the rules see of one post: every hit of every list, nearness in words, negation, and whether it is about us."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from classifiers.rules.pack import CONFIGURED_LISTS, Pattern, Words
from classifiers.rules.patterns import PlainSpans
from classifiers.rules.scan import Spans, Text
from classifiers.rules.speaker import speaks_for_himself
from core.types import Feeling, Reading, Scope, Voice

Span = tuple[int, int]
GroupsOf = Callable[[Words, tuple[int, ...]], tuple[int, ...]]
_NEGATION_WORDS = 3
_SENTENCE_WORDS = 12
_CLAUSE_WORDS = 4
"""How far off in words a sentence end and a comma count when the nearest company is sought."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a rule fires: a span of the folded view and of the original."""

    start: int
    end: int
    first: int
    last: int


@dataclass
class Sight:
    """One post being read. Spans without more are spans of the folded view."""

    reading: Reading
    text: Text
    spans: Spans
    patterns: PlainSpans
    feeling: Feeling | None
    brands: tuple[int, ...]
    groups_of: GroupsOf
    has_brands: bool
    parent_names_us: bool
    industries: frozenset[str]
    _sorted: dict[tuple[int, ...], list[Span]] = field(default_factory=dict)

    def hits(self, words: Words) -> list[Span]:
        """All spans of any of these words, by start."""
        return self._of(self.groups_of(words, self.brands))

    def listed(self, *names: str) -> list[Span]:
        return self.hits(_list_words(names))

    def _of(self, groups: tuple[int, ...]) -> list[Span]:
        known = self._sorted.get(groups)
        if known is None:
            known = sorted({span for group in groups for span in self.spans.get(group, ())})
            self._sorted[groups] = known
        return known

    def pattern_anchors(self, patterns: Sequence[Pattern]) -> list[Anchor]:
        anchors = []
        for pattern in patterns:
            for start, end in self.patterns.get(pattern, ()):
                first, last = self.text.plain.span(start, end)
                anchors.append(Anchor(self.text.folded.position(first), max(self.text.folded.position(last), 1), first, last))
        return anchors

    def anchor(self, span: Span) -> Anchor:
        first, last = self.text.folded.span(*span)
        return Anchor(span[0], span[1], first, last)

    def is_near(self, anchor: Anchor, words: Words, *, unnegated: bool = False) -> bool:
        """Some of the words stand within reach (anywhere, without one), are not the anchor itself and, if asked, not negated."""
        spans = self.hits(words)
        if unnegated:
            spans = [span for span in spans if not self.is_negated(span)]
        if words.within_words is None:
            return any(not _overlap(anchor, span) for span in spans[:50])
        here, view = self.text.folded.word(anchor.start), self.text.folded
        there = view.word(max(anchor.start, anchor.end - 1))
        low = bisect_left(spans, here - words.within_words, key=lambda span: view.word(span[0]))
        high = bisect_right(spans, there + words.within_words, key=lambda span: view.word(span[0]))
        return any(not _overlap(anchor, span) and not (words.after and span[0] < anchor.end) for span in spans[low:high])

    def excuses(self, words: Words) -> bool:
        """Some of the words stand anywhere, not negated themselves: "not announced yet" excuses nothing."""
        return any(not self.is_negated(span) for span in self.hits(words))

    def is_negated(self, span: Span) -> bool:
        """A negator stands at most three words before, in the same sentence."""
        view, spans = self.text.folded, self.listed("negators")
        here, sentence = view.word(span[0]), view.sentence(span[0])
        low = bisect_left(spans, here - _NEGATION_WORDS, key=lambda negator: view.word(negator[0]))
        high = bisect_left(spans, span[0], key=lambda negator: negator[0])
        return any(end <= span[0] and view.sentence(start) == sentence for start, end in spans[low:high])

    @cached_property
    def us(self) -> list[Span]:
        """Where the text names us; in a reply to us, "you" is us too."""
        names = ("brand", "code_name", "you") if self.is_place_ours else ("brand", "code_name")
        return self.listed(*names)

    @cached_property
    def rivals(self) -> list[Span]:
        """Other companies that the text names. A courier named beside us works for us."""
        named = self.listed("competitor", "other_companies") + ([] if self.us else self.listed("couriers"))
        ours = self.us
        return sorted(span for span in named if not any(span[0] < end and start < span[1] for start, end in ours))

    @cached_property
    def is_place_ours(self) -> bool:
        reply = self.reading.scope is Scope.OFFICIAL and self.reading.voice is Voice.PUBLIC
        return reply or self.reading.voice is Voice.OURS or self.parent_names_us

    def is_hearsay(self, anchor: Anchor | None) -> bool:
        """Only its place says that a text is about us: it names nobody of ours, and around the words that fired
        nobody is spoken to and nobody speaks for himself."""
        if self.names_us:
            return False
        return not ((anchor is not None and self.is_near(anchor, _SPOKEN)) or self._is_own_story)

    @cached_property
    def names_us(self) -> bool:
        """A brand or code name stands in the text itself."""
        return bool(self.listed("brand", "code_name"))

    @cached_property
    def _is_own_story(self) -> bool:
        return speaks_for_himself(self.text.original)

    def is_about_us(self, anchor: Anchor, *, weigh_rivals: bool) -> bool:
        """A sign of us, and no other company nearer to the words that fired."""
        if not (self.us or self.is_place_ours):
            return False
        if not weigh_rivals or self.reading.voice is Voice.OURS or not self.rivals:
            return True
        ours = self._distance(anchor, self.us) if self.us else _SENTENCE_WORDS
        return ours <= self._distance(anchor, self.rivals)

    def _distance(self, anchor: Anchor, spans: Sequence[Span]) -> int:
        view = self.text.folded
        here, sentence, clause = view.word(anchor.start), view.sentence(anchor.start), view.clause(anchor.start)
        nearest = bisect_left(spans, anchor.start, key=lambda span: span[0])
        around = spans[max(0, nearest - 1) : nearest + 2]
        return min(
            abs(view.word(s) - here) + _SENTENCE_WORDS * abs(view.sentence(s) - sentence) + _CLAUSE_WORDS * abs(view.clause(s) - clause)
            for s, _ in around
        )


def _overlap(anchor: Anchor, span: Span) -> bool:
    return span[0] < anchor.end and anchor.start < span[1]


def _list_words(names: tuple[str, ...]) -> Words:
    known = _LISTED.get(names)
    if known is None:
        known = _LISTED[names] = Words(lists=names)
    return known


_LISTED: dict[tuple[str, ...], Words] = {}
_SPOKEN = Words(lists=("oneself", "you"), within_words=12)
CONFIGURED = frozenset(CONFIGURED_LISTS)
