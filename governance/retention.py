"""How long what is kept, decided from the configuration: the rule that names a scope goes before the one that does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.privacy import SCOPED, Kept, Retention
from core.types import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What of this class and scope is older than `before` (aware UTC) goes. Classes without scopes have None."""

    what: Kept
    scope: Scope | None
    before: datetime


def cuts(rules: Sequence[Retention], now: datetime) -> tuple[Cut, ...]:
    """What is over now, class by class."""
    found = []
    for what in Kept:
        for scope in Scope if what in SCOPED else (None,):
            rule = rule_of(rules, what, scope)
            if rule is not None:
                found.append(Cut(what=what, scope=scope, before=now - rule.keep))
    return tuple(found)


def rule_of(rules: Sequence[Retention], what: Kept, scope: Scope | None) -> Retention | None:
    """The rule that holds; None: kept without an end."""
    mine = [rule for rule in rules if rule.what is what]
    exact = next((rule for rule in mine if rule.scope is scope and scope is not None), None)
    return exact or next((rule for rule in mine if rule.scope is None), None)
