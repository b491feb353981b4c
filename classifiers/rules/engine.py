"""The rule engine: packs and configuration compiled once, then findings for one post at a time in linear time."""

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace

from classifiers.rules.context import RuleContext
from classifiers.rules.impostor import resembles_brand
from classifiers.rules.joint import Raised, Strength, decide, threshold_of, weights, weights_of_words
from classifiers.rules.pack import CONFIGURED_LISTS, Condition, Lang, Mood, Packs, Pattern, Rule, Words, every_words, load_packs
from classifiers.rules.patterns import PatternBook
from classifiers.rules.resolve import resolve
from classifiers.rules.scan import Scanner, Text
from classifiers.rules.sight import Anchor, Sight
from classifiers.rules.terms import Form, brand_lists, term_forms
from classifiers.taxonomy import LABELS, About
from core.rulings import Rulings
from core.types import Feeling, Finding, Reading, Scope, Severity, Voice

MAX_POINTS = 100_000
"""Code points of a text that are read."""

_STRENGTHS = tuple(Strength)
_WEIGHED = ("complaint.", "crisis.", "praise", "question")
"""Labels for which it matters whether another company is nearer."""
_DOUBTED = ("complaint.", "crisis.", "account.impostor")
"""Labels that page nobody where only the place says that a post is about us, or where the words are weak evidence."""
_SURE = 0.65
_DISPLEASED = 0.35


class _Groups:
    """A number for each set of words that is looked for; equal sets share one."""

    def __init__(self, packs: Packs, context: RuleContext) -> None:
        self.forms: dict[tuple[int, str], set[Form]] = {}
        self._numbers: dict[object, int] = {}
        self._cache: dict[tuple[Words, tuple[int, ...]], tuple[int, ...]] = {}
        for name, words in packs.lists.items():
            self._add(("list", name), words.terms)
        for index, brand in enumerate(context.brands):
            for name, forms in brand_lists(brand).items():
                self.forms[self._number((name, index)), ""] = forms

    def _number(self, key: object) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def _add(self, key: object, terms: dict[Lang, tuple[str, ...]]) -> int:
        number = self._number(key)
        for lang, words in terms.items():
            self.forms[number, lang] = {form for term in words for form in term_forms(term, lang)}
        return number

    def add(self, words: Words) -> None:
        if words.terms:
            self._add(_terms_key(words), words.terms)

    def of(self, words: Words, brands: tuple[int, ...]) -> tuple[int, ...]:
        """The groups of these words when these brands apply."""
        key = (words, brands)
        if key not in self._cache:
            self._cache[key] = tuple(sorted(self._of(words, brands)))
        return self._cache[key]

    def _of(self, words: Words, brands: tuple[int, ...]) -> Iterator[int]:
        if words.terms:
            yield self._number(_terms_key(words))
        for name in words.lists:
            if name in CONFIGURED_LISTS:
                yield from (self._number((name, brand)) for brand in brands)
            else:
                yield self._number(("list", name))


def _terms_key(words: Words) -> object:
    return ("terms", tuple(sorted(words.terms.items())))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hundreds of thousands of small objects are made, and all stay: to look for garbage among them takes most of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class RuleEngine:
    """All live and trial rules over one configuration. Raises ConfigError for a pack that cannot be used."""

    @_uncollected()
    def __init__(self, packs: Packs, context: RuleContext) -> None:
        self.packs, self.context = packs, context
        industries = {None, *(industry for brand in context.brands for industry in brand.industries)}
        self.rules = tuple(rule for rule in packs.rules if rule.status != "draft" and rule.industry in industries)
        self._groups = _Groups(packs, context)
        for rule in self.rules:
            for words in every_words(rule):
                self._groups.add(words)
        self.scanner = Scanner(self._groups.forms)
        self._brand_scanner = Scanner({key: forms for key, forms in self._groups.forms.items() if key[1] == "" and forms})
        self._groups.forms.clear()
        self.patterns = PatternBook([pattern for rule in self.rules for condition in rule.any for pattern in condition.patterns])
        self._by_group, self._by_pattern = self._index()
        self.version = self._digest()
        self.rulings = Rulings()
        self._live = frozenset(rule.id for rule in self.rules if rule.status == "live")

    @classmethod
    def load(cls, context: RuleContext) -> "RuleEngine":
        return cls(load_packs(), context)

    def under(self, rulings: Rulings) -> "RuleEngine":
        """The same rules, reported as people have ruled. The version stays: what was read before is not read again for it."""
        ruled = copy(self)
        ruled.rulings = rulings
        return ruled

    def _index(self) -> tuple[dict[int, set[int]], dict[Pattern, set[int]]]:
        """Which rules may fire when a group or a pattern is hit."""
        by_group: dict[int, set[int]] = {}
        by_pattern: dict[Pattern, set[int]] = {}
        every = tuple(range(len(self.context.brands)))
        for number, rule in enumerate(self.rules):
            for condition in rule.any:
                for group in self._groups.of(condition, every):
                    by_group.setdefault(group, set()).add(number)
                for pattern in condition.patterns:
                    by_pattern.setdefault(pattern, set()).add(number)
        return by_group, by_pattern

    def _digest(self) -> str:
        body = "\n".join(
            [rule.model_dump_json() for rule in self.packs.rules]
            + [f"{name} {words.model_dump_json()}" for name, words in sorted(self.packs.lists.items())]
            + [repr(self.context), repr(weights()), repr(weights_of_words())]
        )
        return hashlib.blake2b(body.encode(), digest_size=6).hexdigest()

    def read(self, reading: Reading, lang: str, feeling: Feeling | None) -> tuple[Finding, ...]:
        """All findings on one post, weighed with what the model says, competing ones resolved. `feeling` None: only words speak."""
        sight = self.look(reading, lang, feeling)
        findings = decide(self.raised(sight), sight)
        if self.rulings.holding:
            findings = [self._ruled(finding, feeling) for finding in findings]
        return resolve(findings, sight)

    def raised(self, sight: Sight) -> list[Raised]:
        """What the words of all rules raise, before it is weighed."""
        return [one for number in self._candidates(sight) for one in _apply(self.rules[number], sight)]

    def _ruled(self, finding: Finding, feeling: Feeling | None) -> Finding:
        rule = finding.detector.partition("@")[0]
        live = rule in self._live or finding.reported  # the model itself is in no pack
        least = threshold_of(finding.label, feeling)
        reported = self.rulings.reports(rule, finding.label, finding.score, live=live, threshold=least)
        return finding if reported is finding.reported else replace(finding, reported=reported)

    def look(self, reading: Reading, lang: str, feeling: Feeling | None) -> Sight:
        text = Text.of(reading.text[:MAX_POINTS], lang)
        parent = reading.parent_text[:MAX_POINTS]
        brands = self.context.applying(reading.brand)
        return Sight(
            reading=reading,
            text=text,
            spans=self.scanner.scan(text),
            patterns=self.patterns.find(text.plain),
            feeling=feeling,
            brands=brands,
            groups_of=self._groups.of,
            has_brands=bool(self.context.brands),
            industries=frozenset(industry for n in brands for industry in self.context.brands[n].industries),
            parent_names_us=bool(parent) and bool(self._brand_scanner.scan(Text.of(parent, lang))),
        )

    def _candidates(self, sight: Sight) -> list[int]:
        numbers = {number for group in sight.spans for number in self._by_group.get(group, ())}
        numbers |= {number for pattern in sight.patterns for number in self._by_pattern.get(pattern, ())}
        if sight.reading.author and not sight.reading.known:
            author = sight.reading.author
            numbers |= {n for n, rule in enumerate(self.rules) if rule.author and resembles_brand(author, self.context, sight.brands)}
        return sorted(numbers)


def _apply(rule: Rule, sight: Sight) -> Iterator[Raised]:
    voices = rule.voices or LABELS[rule.label].voices
    if rule.industry is not None and rule.industry not in sight.industries:
        return
    if sight.reading.voice not in voices or sight.reading.scope not in rule.scopes or _is_excused(rule, sight):
        return
    if not all(sight.hits(words) for words in rule.all):
        return
    if rule.author:
        yield Raised(_finding(rule, sight, None, rule.score), Strength.STRONG)
        return
    seen: set[tuple[int, int]] = set()
    for anchor, score, strength in _anchors(rule, sight):
        if (anchor.first, anchor.last) not in seen:
            seen.add((anchor.first, anchor.last))
            yield Raised(_finding(rule, sight, anchor, score), strength)
        if len(seen) >= rule.max_findings:
            return


def _is_excused(rule: Rule, sight: Sight) -> bool:
    return any(sight.excuses(words) for words in rule.unless if words.within_words is None)


def _anchors(rule: Rule, sight: Sight) -> Iterator[tuple[Anchor, float, Strength]]:
    """The places where the rule holds, how sure it is there and how strongly it speaks; the strongest and surest condition first."""
    told = [(_strength(condition.mood or rule.mood, condition, sight), condition.score or rule.score, condition) for condition in rule.any]
    heard = [(Strength.FELT if strength is Strength.STRONG and score < _SURE else strength, score, one) for strength, score, one in told]
    for strength, score, condition in sorted(heard, key=lambda one: (_STRENGTHS.index(one[0]), -one[1])):
        if strength is Strength.SILENT:
            break
        spans = sight.hits(condition) if condition.terms or condition.lists else []
        for anchor in (*map(sight.anchor, spans), *sight.pattern_anchors(condition.patterns)):
            if _holds(rule, condition, anchor, sight):
                yield anchor, score, strength


def _holds(rule: Rule, condition: Condition, anchor: Anchor, sight: Sight) -> bool:
    near = all(sight.is_near(anchor, words, unnegated=rule.negation) for words in (*condition.near, *rule.near))
    return (
        near
        and not any(sight.is_near(anchor, words) for words in rule.unless if words.within_words is not None)
        and not (rule.negation and sight.is_negated((anchor.start, anchor.end)))
        and _is_about(rule, anchor, sight)
    )


def _is_about(rule: Rule, anchor: Anchor, sight: Sight) -> bool:
    if rule.about is About.NEVER or (rule.about is About.IF_BRANDS and not sight.has_brands):
        return True
    return sight.is_about_us(anchor, weigh_rivals=rule.label.startswith(_WEIGHED))


def _strength(mood: Mood | None, condition: Condition, sight: Sight) -> Strength:
    """How strongly the condition's words speak here, SILENT for not at all. Faint words are heard only where the model tells stances."""
    feeling = sight.feeling
    if mood is None:
        return Strength.STRONG
    if feeling and mood.unless_positive is not None and feeling.positive >= mood.unless_positive:
        return Strength.SILENT
    if feeling and mood.unless_negative is not None and feeling.negative >= mood.unless_negative:
        return Strength.SILENT
    if condition.strong or (mood.negative is None and mood.positive is None):
        return Strength.STRONG
    if (mood.or_lists and sight.listed(*mood.or_lists)) or _is_felt(mood, feeling):
        return Strength.FELT
    return Strength.FAINT if feeling and feeling.complaint is not None else Strength.SILENT


def _is_felt(mood: Mood, feeling: Feeling | None) -> bool:
    if feeling is None:
        return False
    negative = mood.negative is not None and feeling.negative >= mood.negative
    return negative or (mood.positive is not None and feeling.positive >= mood.positive)


def _finding(rule: Rule, sight: Sight, anchor: Anchor | None, evidence: float) -> Finding:
    score = evidence
    if rule.mood and rule.mood.negative is not None and sight.feeling:
        score = round(evidence * (0.8 + 0.2 * sight.feeling.negative), 4)
    return Finding(
        label=rule.label,
        score=score,
        severity=_severity(rule, sight, anchor, evidence),
        detector=rule.detector,
        start=anchor.first if anchor else None,
        end=anchor.last if anchor else None,
        reported=rule.status == "live" and score >= LABELS[rule.label].threshold,
    )


def _severity(rule: Rule, sight: Sight, anchor: Anchor | None, evidence: float) -> Severity:
    severity = _usual_severity(rule, sight, anchor)
    is_doubtful = rule.label.startswith(_DOUBTED) and (evidence < _SURE or sight.is_hearsay(anchor) or _is_calm(rule, sight))
    return min(severity, Severity.MEDIUM) if is_doubtful else severity


def _is_calm(rule: Rule, sight: Sight) -> bool:
    """A complaint that does not name us and shows no displeasure: most likely about somebody else."""
    if sight.feeling is None or sight.names_us:
        return False
    return rule.label.startswith("complaint.") and sight.feeling.negative < _DISPLEASED


def _usual_severity(rule: Rule, sight: Sight, anchor: Anchor | None) -> Severity:
    reading = sight.reading
    for shift in rule.severity_when:
        reach = shift.followers_from is None or (reading.followers or 0) >= shift.followers_from
        words = shift.words is None or (anchor is not None and sight.is_near(anchor, shift.words))
        is_own = reading.scope is Scope.OFFICIAL and reading.voice is Voice.PUBLIC and not sight.listed("third_person")
        if reach and words and (is_own or not shift.own_data_under_our_post):
            return shift.to
    return rule.severity or LABELS[rule.label].severity
