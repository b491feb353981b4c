"""What people rule about rules and labels once verdicts have spoken: on trial, live again, reported from a score of its own."""

from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

from classifiers.rules.lint import list_rules
from classifiers.rules.pack import Rule
from classifiers.thresholds import Advice, Proposal, propose_thresholds, propose_trials
from core.errors import ConfigError, Refused
from core.labels import LABELS
from core.rulings import Ruled, Ruling, Standing
from core.verdicts import MINIMUM, TARGET
from storage import Store

LONGEST_REASON = 500
_LABEL = "label:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What verdicts propose about a rule or a label, and the ruling about it that holds already, if any."""

    about: Ruled
    name: str
    proposal: Proposal
    ruling: Ruling | None

    @property
    def address(self) -> str:
        """The name by which it is accepted: a label that could be a rule's says so."""
        return self.name if self.about is Ruled.RULE else f"{_LABEL}{self.name}"

    @property
    def is_open(self) -> bool:
        """Does it ask for something that is not so already?"""
        if self.proposal.advice is Advice.RAISE:
            wanted = self.proposal.threshold or 0.0
            return self.ruling is None or self.ruling.lets(wanted - 1e-9)
        return self.proposal.advice is Advice.TRIAL and (self.ruling is None or self.ruling.standing is not Standing.TRIAL)


def rule_on(store: Store, name: str, standing: Standing, reason: str, actor: str, now: datetime, *, score: float | None = None) -> Ruling:
    """From now on, and in every process, the rule or label stands so, until it is revoked. A label may be written `label:NAME`.

    Raises ConfigError: no such rule or label, no reason, a score outside (0, 1]; Refused: what has no sense for it.
    """
    about, known = _named(name)
    if not reason.strip():
        raise ConfigError("a reason is needed: who comes after you wants to know", reason="no_reason")
    if (standing is Standing.SCORE) is (score is None) or (score is not None and not 0 < score <= 1):
        raise ConfigError("a score above 0 and up to 1 was expected, and only for a score", reason="score")
    if about is Ruled.LABEL and standing is Standing.LIVE:
        raise Refused(f"a label has rules that are live or not; to end what was ruled about {known}: `czujka rules revoke label:{known}`")
    made = Ruling(
        about=about, name=known, standing=standing, score=score, reason=reason.strip()[:LONGEST_REASON], made_by=actor, made_at=now
    )
    return replace(made, ruling_id=store.rulings.record(made))


def revoke(store: Store, name: str, actor: str, now: datetime) -> None:
    """What the packs say holds again, for what is read from now on. Raises NotFound, ConfigError."""
    held = {one.name: one.about for one in store.rulings.holding().holding}
    bare = name.removeprefix(_LABEL)
    about = Ruled.LABEL if name.startswith(_LABEL) else held.get(bare) if bare in held else _named(name)[0]
    store.rulings.revoke(about or Ruled.RULE, bare.partition("@")[0], actor, now)


def proposals(store: Store, target: float = TARGET, minimum: int = MINIMUM) -> tuple[Proposed, ...]:
    """What the verdicts so far propose, for labels and for the versions of rules that are in force."""
    judged, holding = store.verdicts.judged(), store.rulings.holding()
    current = {rule.detector: rule.id for rule in list_rules()}
    labels = [(Ruled.LABEL, each.name, each) for each in propose_thresholds(judged, target, minimum)]
    trials = [(Ruled.RULE, current[each.name], each) for each in propose_trials(judged, target, minimum) if each.name in current]
    return tuple(
        Proposed(about=about, name=name, proposal=each, ruling=holding.about(about, name)) for about, name, each in (*labels, *trials)
    )


def accept(
    store: Store, name: str, actor: str, now: datetime, *, reason: str = "", target: float = TARGET, minimum: int = MINIMUM
) -> Ruling:
    """Rule as the verdicts propose. Raises ConfigError: no such rule or label; Refused: nothing is proposed for it."""
    about, known = _named(name)
    mine = (each for each in proposals(store, target, minimum) if (each.about, each.name) == (about, known) and each.is_open)
    found = next(mine, None)
    if found is None:
        raise Refused(f"nothing is proposed for the {about} {known}; `czujka verdicts propose` shows what is")
    rests_on = f"{found.proposal.right} of {found.proposal.verdicts} judged right"
    standing = Standing.SCORE if found.proposal.advice is Advice.RAISE else Standing.TRIAL
    why = f"{reason.strip()} ({rests_on})" if reason.strip() else rests_on
    return rule_on(store, found.address, standing, why, actor, now, score=found.proposal.threshold)


def _named(name: str) -> tuple[Ruled, str]:
    """What a name means: a rule first, then a label. Raises ConfigError, with the nearest name."""
    bare = name.strip().removeprefix(_LABEL).partition("@")[0]
    rules = {rule.id: rule for rule in list_rules()}
    if bare in rules and not name.strip().startswith(_LABEL):
        return _in_force(rules[bare])
    if bare in LABELS:
        return Ruled.LABEL, bare
    near = get_close_matches(bare, [*rules, *LABELS], n=1, cutoff=0.3)
    hint = f"did you mean {near[0]!r}?" if near else "`czujka rules list` names the rules"
    raise ConfigError(f"there is no rule and no label {bare!r}; {hint}", reason="no_rule")


def _in_force(rule: Rule) -> tuple[Ruled, str]:
    if rule.status == "draft":
        raise Refused(f"{rule.id} is a draft and finds nothing yet; try it with `czujka rules backtest {rule.id}`")
    return Ruled.RULE, rule.id
