"""Checks the register of accounts: what is wrong becomes an incident for the account's owner, and ends when it is mended."""

from collections.abc import Sequence
from datetime import datetime

from actions.checking import check_again
from alerts.policy import policy_of
from alerts.route import Place, Topic, route
from classifiers.rules.impostor import resembles_brand
from core.records import Opens
from core.register import UNREGISTERED, Account, Stranger
from core.settings import Settings
from core.types import Severity
from czujka.house import House
from czujka.profiles import look_at_profiles
from czujka.reading import context_of
from governance.register import strangers
from storage import Store

BATCH = 2000
ROUNDS = 20


def check_accounts(house: House) -> int:
    """Look once. Answers how many faults and strangers are new."""
    look_at_profiles(house)
    return look(house.store, house.settings, house.clock())


def look(store: Store, settings: Settings, now: datetime) -> int:
    """The same without a house. Nothing is looked for while nobody keeps a register: each account would be a stranger's."""
    accounts = store.register.list()
    return check_again(store, settings, now) + (_meet(store, settings, accounts, now) if accounts else 0)


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
