"""How grave a finding is in its context, and what it may do: open an incident that pages, one that is only shown, or count.

Source: shared definitions of labels and usual severities in docs/reference; docs/adr/0005-incidents-and-stories.md has the table.
"""

from enum import StrEnum

from core.records import FreshItem
from core.types import Finding, Severity

WIDE_REACH = 10_000
"""Followers from which a code name outside is critical."""

REPEATED = {"crisis.legal": Severity.HIGH, "complaint.safety": Severity.CRITICAL}
NO_KIND = "complaint.other"
REPEATED_BY = 3
"""Labels that rise when so many different people say them inside the volume window: one ill child is a complaint, three are a crisis."""

WANT_ANSWER = ("complaint", "question", "crisis.press", "crisis.legal")


class Effect(StrEnum):
    """What a finding does."""

    PAGES = "pages"
    SHOWS = "shows"
    COUNTS = "counts"
    NOTHING = "nothing"


def severity_of(finding: Finding, item: FreshItem) -> Severity:
    """The detector's severity, raised by the author's reach; never lowered."""
    if finding.label == "leak.codename" and (item.author.followers or 0) >= WIDE_REACH:
        return Severity.CRITICAL
    return finding.severity


def effect_of(label: str, severity: Severity) -> Effect:
    """What one finding does by itself.

    From high on it pages. At medium: leaks, crises and accounts page, our own side's breaches of the policy are shown to whoever
    looks after it, complaints of one kind count towards a volume. The rest stays with its conversation: complaints of no
    kind have nothing in common but the mood.
    """
    family = label.partition(".")[0]
    if family in {"sentiment", "question", "praise"}:
        return Effect.NOTHING
    if severity >= Severity.HIGH:
        return Effect.PAGES
    if family == "complaint":
        return Effect.NOTHING if label == NO_KIND or severity < Severity.LOW else Effect.COUNTS
    if severity < Severity.MEDIUM:
        return Effect.NOTHING
    return Effect.SHOWS if family == "policy" else Effect.PAGES


def wants_answer(label: str) -> bool:
    """Somebody waits for a word from us."""
    return any(label == one or label.startswith(f"{one}.") for one in WANT_ANSWER) and label != "complaint.workplace"
