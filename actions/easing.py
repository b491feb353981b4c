"""What people mute and expect. Both end by themselves, and say who wanted them and why."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from alerts.easing import check_expected, check_mute
from core.easing import Expected, Mute, MuteKind
from core.errors import Refused
from core.settings import Settings
from storage import Store


def mute(
    store: Store,
    settings: Settings,
    kind: MuteKind,
    value: str,
    reason: str,
    actor: str,
    now: datetime,
    *,
    ends_at: datetime,
    starts_at: datetime | None = None,
    brand: str | None = None,
) -> Mute:
    """From now (or `starts_at`) until `ends_at` (aware UTC) what fits opens nothing. Raises Refused, saying what was expected."""
    known = {MuteKind.SOURCE: [one.id for one in settings.source]}.get(kind)
    if known is not None and value.strip() not in known:
        raise Refused(f"there is no source {value.strip()!r}; there are: {', '.join(known) or 'none'}")
    _brand(brand, settings)
    wanted = Mute(
        kind=kind,
        value=value.strip()[:320],
        reason=reason.strip()[:500],
        brand=brand,
        starts_at=starts_at or now,
        ends_at=ends_at,
        made_by=actor,
    )
    check_mute(wanted, now)
    return replace(wanted, mute_id=store.easing.add_mute(wanted))


def unmute(store: Store, mute_id: int, actor: str, now: datetime) -> None:
    """It ends now. Raises NotFound, Conflict (it is over)."""
    store.easing.end_mute(mute_id, actor, now)


def expect(
    store: Store,
    settings: Settings,
    name: str,
    factor: float,
    actor: str,
    now: datetime,
    *,
    ends_at: datetime,
    starts_at: datetime | None = None,
    brand: str | None = None,
) -> Expected:
    """While it lasts it takes `factor` times as many people to make complaints an incident; safety, leaks and accounts ring as ever.

    Raises Refused, saying what was expected.
    """
    _brand(brand, settings)
    wanted = Expected(name=name.strip()[:120], factor=factor, brand=brand, starts_at=starts_at or now, ends_at=ends_at, made_by=actor)
    check_expected(wanted, now)
    return replace(wanted, expected_id=store.easing.add_expected(wanted))


def expect_no_more(store: Store, expected_id: int, actor: str, now: datetime) -> None:
    """It ends now. Raises NotFound, Conflict (it is over)."""
    store.easing.end_expected(expected_id, actor, now)


def _brand(brand: str | None, settings: Settings) -> None:
    known: Collection[str] = [one.id for one in settings.brand]
    if brand is not None and brand not in known:
        raise Refused(f"there is no brand {brand!r}; there are: {', '.join(known) or 'none'}")
