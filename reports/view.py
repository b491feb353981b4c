"""What a report shows, already in the reader's language and free of how it is drawn."""

from dataclasses import dataclass

from reports.charts import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One line of what needs the reader, and where to see it."""

    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """At most ten rows. `aligns` is "left" for words and "right" for numbers; `left_out` rows are not shown."""

    heads: tuple[str, ...]
    aligns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One screen: a sentence, perhaps a picture, perhaps a table, a link."""

    title: str
    sentence: str
    url: str
    link: str
    picture: Picture | None = None
    table: Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """All that the mail shows, in the reader's language."""

    subject: str
    title: str
    language: str
    needs: tuple[Need, ...]
    topics: tuple[Topic, ...]
    foot: str
    all_well: str
    late: str = ""
