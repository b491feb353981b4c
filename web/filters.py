"""What a list is narrowed to: read from the address, written back into every link, so that paging, acts and views keep it."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Query

from core.labels import LABELS
from core.types import Severity
from core.wanted import Asked, Tab, Wanted
from web.context import Context
from web.visitor import Visitor

Word = Annotated[str, Query(max_length=64)]
Level = Literal["", "info", "low", "medium", "high", "critical"]
Mine = Literal["", "yes"]

LONGEST_WORDS = 120
MORE = ("owner", "brand", "platform", "label", "severity", "state", "lang", "me", "words")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """As they stand in the address; '' asks for nothing. `me` is "yes" for what this person has taken."""

    owner: str = ""
    brand: str = ""
    platform: str = ""
    label: str = ""
    severity: Level = ""
    state: str = ""
    lang: str = ""
    me: Mine = ""
    words: str = ""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """(name, value) of those that ask for something."""
        return ((name, value) for name, value in asdict(self).items() if value)

    def but(self, name: str) -> "Filters":
        """Without this one."""
        blank: dict[str, Any] = {name: ""}
        return replace(self, **blank)

    def query(self, **more: object) -> str:
        """The address's query, with what else it must carry before."""
        return urlencode([*((name, str(value)) for name, value in more.items() if value not in ("", None)), *self])

    def wanted(self, person: str) -> Wanted:
        """As the store is asked."""
        severity = Severity(self.severity) if self.severity else None
        named = {name: getattr(self, name) for name in ("owner", "brand", "platform", "label", "state", "lang", "words")}
        return Wanted(**named, severity=severity, held_by=person if self.me else "")


def read_filters(
    owner: Word = "",
    brand: Word = "",
    platform: Word = "",
    label: Word = "",
    severity: Level = "",
    state: Word = "",
    lang: Annotated[str, Query(max_length=16)] = "",
    me: Mine = "",
    words: Annotated[str, Query(max_length=LONGEST_WORDS)] = "",
) -> Filters:
    """The filters of a request."""
    return Filters(
        owner=owner,
        brand=brand,
        platform=platform,
        label=label,
        severity=severity,
        state=state,
        lang=lang,
        me=me,
        words=" ".join(words.split()),
    )


Narrowed = Annotated[Filters, Depends(read_filters)]


def asked(context: Context, visitor: Visitor, filters: Filters) -> Asked:
    """A visitor's question."""
    return Asked(
        wanted=filters.wanted(visitor.person),
        person=visitor.person,
        teams=visitor.owners,
        sight=visitor.sight,
        now=context.clock(),
    )


def kept_query(text: str) -> str:
    """What a view keeps of an address: its tab and its filters, each as the inbox reads them; anything else is left out."""
    given = dict(parse_qsl(text[:4000]))
    show = given.get("show", "")
    filters = Filters(**{name: _fit(name, given[name]) for name in MORE if given.get(name)})  # type: ignore[arg-type]
    return filters.query(show=show if show in set(Tab) else Tab.ALL.value)


def _fit(name: str, value: str) -> str:
    """A value that the inbox would not refuse."""
    closed = {"severity": {one.value for one in Severity}, "me": {"yes"}}
    if name in closed:
        return value if value in closed[name] else ""
    longest = {"words": LONGEST_WORDS, "lang": 16}.get(name, 64)
    return value if len(value) <= longest else ""


def choices(context: Context) -> dict[str, list[str]]:
    """What can be chosen: of the configuration, and of what has come in so far."""
    settings = context.settings
    return {
        "owner": [one.id for one in settings.owner],
        "brand": [one.id for one in settings.brand],
        "platform": list(context.store.inbox.platforms()),
        "label": [label for label in LABELS if not label.startswith("sentiment.")],
        "severity": [one.value for one in sorted(Severity, key=lambda severity: -severity.rank)],
        "lang": list(dict.fromkeys((*settings.company.languages, "pl", "en"))),
    }


def offered(context: Context, filters: Filters, names: tuple[str, ...], states: tuple[str, ...] = ()) -> list[tuple[str, list[str]]]:
    """(name, choices) for the form, in its order; what has a single choice is left out, unless it is chosen."""
    known: dict[str, list[str]] = choices(context) | {"state": list(states)}
    found: list[tuple[str, list[str]]] = []
    for name in names:
        chosen: Any = getattr(filters, name)
        values = known[name] if not chosen or chosen in known[name] else [*known[name], chosen]
        if len(values) > 1 or chosen:
            found.append((name, values))
    return found
