"""Checks the register of accounts: what is wrong becomes an incident for the account's owner, and ends when it is mended."""

from collections.abc import Sequence
from datetime import datetime

from actions.register import people_of, teams_of
from alerts.policy import policy_of
from alerts.route import Place, Topic, route
from classifiers.rules.impostor import resembles_brand
from core.records import Opens
from core.register import UNREGISTERED, Account, AccountFault, Fault, Settled, Stranger
from core.settings import Settings
from core.types import Severity
from czujka.house import House
from czujka.reading import context_of
from governance.register import Seen, check, is_registered, strangers
from storage import Store

SWEEP = "sweep"
BATCH = 2000
ROUNDS = 20

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


def check_accounts(house: House) -> int:
    """Look once. Answers how many faults and strangers are new."""
    return look(house.store, house.settings, house.clock())


def look(store: Store, settings: Settings, now: datetime) -> int:
    """The same without a house. Nothing is looked for while nobody keeps a register: each account would be a stranger's."""
    accounts = store.register.list()
    faults = _check(store, settings, accounts, now)
    _settle_registered(store, accounts, now)
    return faults + (_meet(store, settings, accounts, now) if accounts else 0)


def _check(store: Store, settings: Settings, accounts: Sequence[Account], now: datetime) -> int:
    seen = Seen(
        people=people_of(settings),
        owners=teams_of(settings),
        handles=store.account_checks.handles(accounts),
        gone=store.account_checks.gone(),
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


def _meet(store: Store, settings: Settings, accounts: Sequence[Account], now: datetime) -> int:
    """Hold who wrote since the last look against the brands and the register."""
    context, met = context_of(settings), 0

    def resembles(name: str, brand: str) -> bool:
        return resembles_brand(name, context, context.applying(brand))

    for _ in range(ROUNDS):
        writers, upto, more = store.account_checks.writers(BATCH, now - settings.alerting.alert_horizon)
        fresh = [(one, _stranger_opens(one, settings)) for one in strangers(writers, accounts, settings.brand, resembles)]
        met += store.account_checks.found(fresh, upto, now)
        if not more:
            break
    return met


def _stranger_opens(one: Stranger, settings: Settings) -> Opens:
    """Its post is the evidence and names it; the title says nothing of a person who may ask to be forgotten."""
    place = Place(brand=one.brand, platform=one.platform, zone=settings.zone())
    routed = route(place, [Topic(UNREGISTERED, Severity.HIGH)], settings)
    return Opens(
        dedup_key=f"{UNREGISTERED}:{one.platform}",
        brand=one.brand,
        label=UNREGISTERED,
        title="",
        severity=Severity.HIGH,
        owner=routed.owner,
        participants=routed.participants,
        item_ids=(one.item_id,),
        policy=policy_of(routed.owner, settings),
        paging=one.may_page,
        reason="unregistered",
    )
