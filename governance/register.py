"""The register of accounts: read from a sheet, checked against what is known, and held against who uses the brand without being in it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

from core.policy import Applies
from core.register import Account, AccountFault, Fault, Looked, Stranger, Writer, key_of
from core.settings import AccountsTable, Brand
from governance.sheets import Problem, Row, read_sheet, refusal

REQUIRED = ("platform", "handle", "kind", "owner", "person")
COLUMNS = (*REQUIRED, "deputies", "access", "mandate", "two_factor", "recovery", "brand", "account_id", "source", "reviewed_on")
_YES, _NO = ("yes", "tak", "true", "1"), ("no", "nie", "false", "0", "")
_LENGTHS = {"platform": 32, "handle": 128, "recovery": 256, "account_id": 256}
LEAST_ACCESS = 2
"""With fewer nobody can step in when that person is ill, or has left with the password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The ids that a row may name."""

    owners: frozenset[str]
    people: frozenset[str]
    brands: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()


def read_accounts(path: Path, known: Known, now: datetime) -> tuple[Account, ...]:
    """The accounts of a sheet. Raises ConfigError with every fault and its line."""
    rows = read_sheet(path, REQUIRED, COLUMNS)
    problems: list[Problem] = []
    found: dict[str, tuple[int, Account]] = {}
    for row in rows:
        faults = list(_faults(row, known, now))
        problems += [Problem(row.line, text) for text in faults]
        if faults:
            continue
        account = _account(row)
        if account.key in found:
            problems.append(Problem(row.line, f"{account.key} stands in line {found[account.key][0]} already"))
        found.setdefault(account.key, (row.line, account))
    if problems:
        raise refusal(path, problems)
    return tuple(account for _, account in found.values())


def _faults(row: Row, known: Known, now: datetime) -> Iterator[str]:
    for column in REQUIRED:
        if not row.get(column):
            yield f"{column}: a value was expected"
    for column, most in _LENGTHS.items():
        if len(row.get(column)) > most:
            yield f"{column}: at most {most} characters were expected"
    if row.get("platform") and not re.fullmatch(r"[a-z][a-z0-9_-]*", row.get("platform").casefold()):
        yield f"platform: {row.get('platform')!r} is no word such as x, facebook, linkedin"
    if row.get("kind") and row.get("kind").casefold() not in list(Applies):
        yield f"kind: {row.get('kind')!r}; {', '.join(Applies)} was expected"
    if row.get("two_factor").casefold() not in (*_YES, *_NO):
        yield f"two_factor: {row.get('two_factor')!r}; yes or no was expected"
    yield from _unknown("owner", [row.get("owner")], known.owners)
    yield from _unknown("brand", [row.get("brand")], known.brands)
    yield from _unknown("source", [row.get("source")], known.sources)
    for column in ("person", "deputies", "access"):
        yield from _unknown(column, names_in(row.get(column)), known.people)
    day = row.get("reviewed_on")
    if day and (_day(day) is None or (_day(day) or now) > now):
        yield f"reviewed_on: {day!r}; a day that has been, such as 2026-11-20, was expected"


def _unknown(column: str, names: Sequence[str], known: frozenset[str]) -> Iterator[str]:
    for name in names:
        if name and name not in known:
            near = get_close_matches(name, known, 1)
            yield f"{column}: nobody knows {name!r}{f'; {near[0]!r} is known' if near else ''}"


def names_in(cell: str) -> tuple[str, ...]:
    """The ids in a cell, separated by blanks, commas, semicolons or bars; each once."""
    return tuple(dict.fromkeys(name for name in re.split(r"[\s,;|]+", cell) if name))


def _account(row: Row) -> Account:
    return Account(
        platform=row.get("platform").casefold(),
        handle=row.get("handle").removeprefix("@"),
        kind=Applies(row.get("kind").casefold()),
        owner=row.get("owner"),
        person=row.get("person"),
        deputies=names_in(row.get("deputies")),
        access=names_in(row.get("access")),
        mandate=row.get("mandate"),
        two_factor=row.get("two_factor").casefold() in _YES,
        recovery=row.get("recovery"),
        brand=row.get("brand") or None,
        account_id=row.get("account_id"),
        source=row.get("source"),
        reviewed_at=_day(row.get("reviewed_on")),
    )


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the checks know of the world. `owners`: teams that have people; `handles`: how a platform calls an account now, by the account's
    number; `gone`: sources whose platform says that what they read is not there; `profiles`: how the last looks at profiles ended."""

    people: frozenset[str]
    owners: frozenset[str]
    handles: Mapping[int, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    profiles: Mapping[int, Looked] = field(default_factory=dict)


def check(account: Account, seen: Seen, table: AccountsTable, now: datetime) -> tuple[AccountFault, ...]:
    """Everything that is wrong with one account now."""
    return tuple(AccountFault(account=account.number, fault=fault, detail=detail) for fault, detail in _checks(account, seen, table, now))


def _checks(account: Account, seen: Seen, table: AccountsTable, now: datetime) -> Iterator[tuple[Fault, str]]:
    looked_at = account.reviewed_at or account.registered_at or now
    if looked_at + table.review_every <= now:
        yield Fault.REVIEW_DUE, f"{looked_at:%Y-%m-%d}"
    gone = [name for name in (account.person, *account.deputies) if name not in seen.people]
    if account.owner not in seen.owners:
        gone = [account.owner, *gone]
    if gone:
        yield Fault.OWNER_LEFT, ", ".join(gone)
    left = [name for name in account.access if name not in seen.people]
    if left:
        yield Fault.ACCESS_LEFT, ", ".join(left)
    if not account.two_factor:
        yield Fault.NO_TWO_FACTOR, ""
    if len(set(account.access)) < LEAST_ACCESS:
        yield Fault.SINGLE_ACCESS, ", ".join(account.access)
    looked = seen.profiles.get(account.number)
    if account.source in seen.gone or (looked is not None and looked.is_gone):
        yield Fault.GONE, account.source
    called = (looked.handle if looked is not None else "") or seen.handles.get(account.number, "")
    if called and key_of(account.platform, called) != account.key:
        yield Fault.RENAMED, called


def strangers(
    writers: Sequence[Writer], accounts: Sequence[Account], brands: Sequence[Brand], resembles: Callable[[str, str], bool]
) -> tuple[Stranger, ...]:
    """Who of these writers uses a brand in their name and stands in no register, each once.

    `resembles(name, brand)` says whether a name looks like a brand's; taking one of its @names is using it, however short.
    """
    registered = {one.key for one in accounts} | {f"{one.platform}:{one.account_id}" for one in accounts if one.account_id}
    found: dict[str, Stranger] = {}
    for writer in writers:
        if {key_of(writer.platform, writer.handle), f"{writer.platform}:{writer.author_id}"} & registered or writer.author_key in found:
            continue
        brand = next((one for one in brands if writer.brand in (None, one.id) and _uses(writer, one, resembles)), None)
        if brand is not None:
            found[writer.author_key] = Stranger(
                platform=writer.platform,
                author_key=writer.author_key,
                handle=writer.handle,
                name=writer.name,
                item_id=writer.item_id,
                may_page=writer.may_page,
                brand=brand.id,
            )
    return tuple(found.values())


def _uses(writer: Writer, brand: Brand, resembles: Callable[[str, str], bool]) -> bool:
    ours = {term.removeprefix("@").casefold() for term in brand.terms if term.startswith("@")}
    handle = writer.handle.removeprefix("@").casefold()
    return handle in ours or any(resembles(name, brand.id) for name in (writer.name, handle) if name)


def is_registered(one: Stranger, accounts: Sequence[Account]) -> bool:
    """Has somebody put it into the register meanwhile?"""
    keys = {key_of(one.platform, one.handle), one.author_key} if one.handle else {one.author_key}
    return any(each.key in keys or f"{each.platform}:{each.account_id}" in keys for each in accounts)
