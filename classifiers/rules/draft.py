"""A rule that is not in force, put in force for a trial run: by its id among the packs, or from a file that lies elsewhere."""

from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from classifiers.rules.pack import Packs, Rule, load_rule
from core.errors import ConfigError


def as_live(packs: Packs, named: str) -> tuple[Packs, Rule]:
    """The packs with one rule, draft or trial, taken as live. A file's rule replaces the one with its id.

    Raises ConfigError: no such rule or file, with the nearest id; a rule that cannot be used.
    """
    path = Path(named)
    rule = load_rule(path, packs) if path.suffix in (".yaml", ".yml") else _of_id(packs, named)
    live = rule.model_copy(update={"status": "live"})
    others = tuple(one for one in packs.rules if one.id != live.id)
    return replace(packs, rules=(*others, live)), live


def _of_id(packs: Packs, named: str) -> Rule:
    known = {rule.id: rule for rule in packs.rules}
    if named not in known:
        near = get_close_matches(named, known, n=1, cutoff=0.3)
        raise ConfigError(f"no rule {named!r}; " + (f"did you mean {near[0]!r}?" if near else "`czujka rules list` names them all"))
    return known[named]
