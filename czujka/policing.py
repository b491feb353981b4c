"""What the policy must fit, gathered from the configuration and the packs; and where its clauses come from."""

from pathlib import Path

from classifiers.rules.lint import list_rules
from classifiers.taxonomy import LABELS
from core.errors import ConfigError
from core.policy import Clause
from core.settings import Settings
from governance.clauses import read_folder
from governance.lint import Pointer, Surroundings


def pointers() -> tuple[Pointer, ...]:
    """Every rule of the packs with the clause it points to: its own, or its label's."""
    return tuple(Pointer(rule=rule.id, label=rule.label, clause=rule.clause or LABELS[rule.label].clause) for rule in list_rules())


def surroundings(settings: Settings) -> Surroundings:
    """What a policy of this company must fit."""
    offices = {office: settings.holders(office) for office in settings.offices()}
    return Surroundings(offices=offices, languages=settings.company.languages, labels=tuple(LABELS), rules=pointers())


def clauses_of(which: str) -> tuple[Clause, ...]:
    """The clauses of a folder. Raises ConfigError."""
    folder = Path(which)
    if not folder.is_dir():
        raise ConfigError(f"{which}: a folder of clauses was expected", reason="no_policy")
    return tuple(one.clause for one in read_folder(folder))
