"""Looks at the profiles of registered accounts where a source of that platform gives us a way to ask."""

import logging
from datetime import datetime, timedelta

from collector.base import Asking
from collector.profiles import PLATFORMS, look_up
from core import metrics
from core.errors import CollectError, CzujkaError, Gone
from core.register import Account, Looked
from core.settings import Settings, SourceSettings
from czujka.house import House

EVERY, AFTER_A_MISS = timedelta(days=1), timedelta(hours=1)
AT_ONCE = 5

log = logging.getLogger("czujka.accounts")


def look_at_profiles(house: House) -> int:
    """Look at those whose time has come, a few at a time; answers how many."""
    now, known = house.clock(), house.store.profiles.all()
    due = [one for one in house.store.register.list() if _is_due(known.get(one.number), now)]
    asked = [(one, source) for one in due if (source := source_of(house.settings, one)) is not None][:AT_ONCE]
    for account, source in asked:
        _look(house, account, source, known.get(account.number), now)
    return len(asked)


def source_of(settings: Settings, account: Account) -> SourceSettings | None:
    """By which source its platform can be asked: its own, else the first of that kind. A handle without its server says nothing on
    another server."""
    if account.platform not in PLATFORMS:
        return None
    fitting: list[SourceSettings] = [one for one in settings.source if one.kind == account.platform]
    own = next((one for one in fitting if one.id == account.source), None)
    if own is None and account.platform == "mastodon" and "@" not in account.handle.lstrip("@"):
        return None
    return own or next(iter(fitting), None)


def _look(house: House, account: Account, source: SourceSettings, known: Looked | None, now: datetime) -> None:
    account_id = account.account_id or (known.account_id if known is not None else "")
    try:
        found = look_up(source, account_id, account.handle, Asking(http=house.http, now=now))
    except Gone:
        house.store.profiles.missed(account.number, now)
    except (CollectError, CzujkaError) as error:
        log.warning("account %s cannot be looked at: %s", account.key, error)
        metrics.ERRORS.add(stage="accounts", reason=error.reason)
        house.store.profiles.unknown(account.number, now)
    else:
        house.store.profiles.there(account.number, found, now)


def _is_due(known: Looked | None, now: datetime) -> bool:
    return known is None or now - known.looked_at >= (AFTER_A_MISS if known.misses else EVERY)
