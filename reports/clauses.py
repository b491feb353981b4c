"""Which clause of the policy a label points to, and what the clause is about. Source: the starter clauses of the taxonomy."""

from core.policy import Version
from reports.wording import Speech, msg

CLAUSES = {
    "POL-03": msg("Disclosure"),
    "POL-04": msg("Respect"),
    "POL-05": msg("Politics and religion"),
    "POL-06": msg("Competitors and customers"),
    "POL-07": msg("Confidential information"),
    "POL-08": msg("Finance"),
    "POL-09": msg("Personal data"),
    "POL-10": msg("Copyright"),
    "POL-11": msg("Hashtags and tagging"),
    "POL-12": msg("Answering criticism"),
    "POL-15": msg("Account security"),
}

_OF = {
    "policy.insult": "POL-04",
    "policy.politics": "POL-05",
    "policy.competitor": "POL-06",
    "policy.finance_talk": "POL-08",
    "policy.undisclosed": "POL-03",
    "policy.quarrel": "POL-12",
    "policy.hashtag": "POL-11",
    "policy.copyright": "POL-10",
    "leak.confidential": "POL-07",
    "leak.codename": "POL-07",
    "leak.internal": "POL-07",
    "leak.finance": "POL-08",
    "leak.pii": "POL-09",
    "leak.secret": "POL-15",
}


def clause_of(label: str) -> str:
    """The clause of a label or of its nearest ancestor, '' if it has none."""
    parts = label.split(".")
    return next((_OF[key] for n in range(len(parts), 0, -1) if (key := ".".join(parts[:n])) in _OF), "")


def clause_line(label: str, policy: Version | None, speech: Speech) -> str:
    """A label's clause and title, "POL-09 Personal data", '' if it has none: as the policy in force has it, else the starter's."""
    found = policy.clause_of(label) if policy is not None else None
    if found is not None:
        return f"{found.id} {found.wording(speech.language).title}"
    clause = clause_of(label)
    return f"{clause} {speech.say(CLAUSES[clause])}" if clause else ""
