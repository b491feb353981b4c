"""Checks every account of the register against what is known: a fault is an incident of the account's owner, until it is mended."""

from collections.abc import Sequence
from datetime import datetime

from actions.register import people_of, teams_of
from alerts.policy import policy_of
from core.records import Opens
from core.register import Account, AccountFault, Fault, Settled
from core.settings import Settings
from core.types import Severity
from governance.register import Seen, check, is_registered
from storage import Store

SWEEP = "sweep"

SEVERITIES = {
    Fault.REVIEW_DUE: Severity.LOW,
    Fault.SINGLE_ACCESS: Severity.MEDIUM,
    Fault.NO_TWO_FACTOR: Severity.MEDIUM,
    Fault.OWNER_LEFT: Severity.MEDIUM,
    Fault.RENAMED: Severity.HIGH,
    Fault.GONE: Severity.HIGH,
    Fault.ACCESS_LEFT: Severity.HIGH,
}
"""High pages, as somebody else may hold the account; the rest waits in the inbox."""


def check_again(store: Store, settings: Settings, now: datetime) -> int:
    """Look at every account now, and settle strangers who were registered. Answers how many faults are new."""
    accounts = store.register.list()
    _settle_registered(store, accounts, now)
    seen = Seen(
        people=people_of(store, settings, now),
        owners=teams_of(settings),
        handles=store.account_checks.handles(accounts),
        gone=store.account_checks.gone(),
        profiles=store.profiles.all(),
    )
    wrong = {(one.account, one.fault): one for account in accounts for one in check(account, seen, settings.accounts, now)}
    standing = {(one.account, one.fault): one for one in store.account_checks.standing()}
    mended = [one for key, one in standing.items() if key not in wrong]
    by_number = {one.number: one for one in accounts}
    fresh = [(one, _fault_opens(one, by_number[one.account], settings)) for key, one in wrong.items() if key not in standing]
    return store.account_checks.apply(fresh, mended, now) if fresh or mended else 0


def _fault_opens(one: AccountFault, account: Account, settings: Settings) -> Opens:
    severity = SEVERITIES[one.fault]
    return Opens(
        dedup_key=f"{one.fault}:{account.key}",
        brand=account.brand,
        label=one.fault.value,
        title=f"@{account.handle} ({account.platform}){f': {one.detail}' if one.detail else ''}",
        severity=severity,
        owner=account.owner,
        participants=(),
        item_ids=(),
        policy=policy_of(account.owner, settings),
        paging=severity >= Severity.HIGH,
        reason=one.fault.value.partition(".")[2],
    )


def _settle_registered(store: Store, accounts: Sequence[Account], now: datetime) -> None:
    for one in store.account_checks.strangers():
        if is_registered(one, accounts):
            store.account_checks.settle(one.stranger_id, Settled.REGISTERED, "", SWEEP, now)
