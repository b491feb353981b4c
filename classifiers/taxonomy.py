"""What each label means to the engine: one table of severities, thresholds, voices, needs and policy clauses.

A finding is reported from its label's threshold on. `about`: ALWAYS needs a sign of us (a brand, a code name, a reply under our
post, our own voice); IF_BRANDS needs it once brands are configured; NEVER does not. Source: the policy's starter clauses.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.types import Severity, Voice

BOTH = (Voice.OURS, Voice.PUBLIC)
OURS = (Voice.OURS,)
PUBLIC = (Voice.PUBLIC,)


class About(StrEnum):
    """When a finding must be about us."""

    ALWAYS = "always"
    IF_BRANDS = "if_brands"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Label:
    """One row. The order of the table is the order of precedence among labels that compete for one grievance."""

    name: str
    severity: Severity
    voices: tuple[Voice, ...]
    about: About
    clause: str = ""
    threshold: float = 0.5


_I, _L, _M, _H, _C = Severity.INFO, Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL
_YES, _IF, _NO = About.ALWAYS, About.IF_BRANDS, About.NEVER

_ROWS = (
    Label("complaint.safety", _H, PUBLIC, _YES, "POL-12"),
    Label("complaint.outage", _H, PUBLIC, _YES, "POL-12"),
    Label("complaint.billing", _M, PUBLIC, _YES, "POL-12"),
    Label("complaint.delivery", _M, PUBLIC, _YES, "POL-12"),
    Label("complaint.quality", _M, PUBLIC, _YES, "POL-12"),
    Label("complaint.workplace", _M, BOTH, _YES, "POL-12"),
    Label("complaint.service", _M, PUBLIC, _YES, "POL-12"),
    Label("complaint.other", _L, PUBLIC, _YES, "POL-12"),
    Label("question", _I, PUBLIC, _YES),
    Label("praise", _I, PUBLIC, _YES),
    Label("leak.confidential", _H, BOTH, _IF, "POL-07"),
    Label("leak.codename", _H, BOTH, _YES, "POL-07"),
    Label("leak.finance", _C, BOTH, _YES, "POL-08"),
    Label("leak.pii.iban", _H, BOTH, _NO, "POL-09"),
    Label("leak.pii.card", _H, BOTH, _NO, "POL-09"),
    Label("leak.pii.pesel", _H, BOTH, _NO, "POL-09"),
    Label("leak.pii.nip", _H, BOTH, _NO, "POL-09"),
    Label("leak.pii.id_card", _H, BOTH, _NO, "POL-09"),
    Label("leak.pii.phone", _H, BOTH, _NO, "POL-09"),
    Label("leak.pii.email", _H, BOTH, _NO, "POL-09"),
    Label("leak.pii.address", _H, BOTH, _NO, "POL-09"),
    Label("leak.pii.health", _H, BOTH, _NO, "POL-09"),
    Label("leak.secret.private_key", _C, BOTH, _NO, "POL-15"),
    Label("leak.secret.connection_string", _C, BOTH, _NO, "POL-15"),
    Label("leak.secret.api_key", _C, BOTH, _NO, "POL-15"),
    Label("leak.secret.token", _C, BOTH, _NO, "POL-15"),
    Label("leak.secret.password", _C, BOTH, _NO, "POL-15"),
    Label("leak.internal", _H, BOTH, _YES, "POL-07"),
    Label("policy.insult", _M, BOTH, _NO, "POL-04"),
    Label("policy.politics", _L, OURS, _NO, "POL-05"),
    Label("policy.competitor", _L, OURS, _NO, "POL-06"),
    Label("policy.finance_talk", _M, OURS, _NO, "POL-08"),
    Label("policy.undisclosed", _M, OURS, _NO, "POL-03"),
    Label("policy.quarrel", _M, OURS, _NO, "POL-12"),
    Label("policy.hashtag", _L, OURS, _NO, "POL-11"),
    Label("policy.copyright", _M, BOTH, _YES, "POL-10"),
    Label("crisis.boycott", _H, PUBLIC, _YES, "POL-16"),
    Label("crisis.legal", _M, PUBLIC, _YES, "POL-16"),
    Label("crisis.press", _H, PUBLIC, _YES, "POL-16"),
    Label("crisis.breach", _C, PUBLIC, _YES, "POL-16"),
    Label("crisis.conduct", _H, PUBLIC, _YES, "POL-16"),
    Label("crisis.safety", _C, PUBLIC, _YES, "POL-16"),
    Label("account.impostor", _H, PUBLIC, _NO, "POL-13"),
    Label("account.takeover", _C, OURS, _NO, "POL-15"),
)

LABELS = {row.name: row for row in _ROWS}
CLAUSES = tuple(f"POL-{number:02d}" for number in range(1, 19))
