"""What people decide on the duties of the law."""

from datetime import datetime

from core.duties import Decision, Duty
from core.errors import Refused
from storage import Store

LONGEST_REASON = 500


def decide(store: Store, duty_id: int, decision: Decision, reason: str, actor: str, now: datetime) -> Duty:
    """`actor` says that it was done, or that it does not apply, and why. Raises Refused (no reason), Conflict (decided), NotFound."""
    kept = reason.strip()
    if not kept or len(kept) > LONGEST_REASON:
        raise Refused(f"a reason of 1 to {LONGEST_REASON} characters was expected: an authority may ask for it")
    store.duties.decide(store.duties.get(duty_id), decision, kept, actor, now)
    return store.duties.get(duty_id)
