"""Which entry is which: by its id, else by its address, else by its content. A feed that changes its ids does not double its articles.

What is known of earlier entries is a list of `Known`, kept in the cursor.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from collector.feeds.entry import Entry

_WINDOW = 1000


@dataclass(frozen=True, slots=True)
class Known:
    """An entry that was given: its external id, digests of guid, link and content, and the sweep in which it was last met."""

    external_id: str
    guid: str
    link: str
    content: str
    sweep: int

    @classmethod
    def read(cls, row: Sequence[object]) -> "Known":
        external_id, guid, link, content, sweep = row
        return cls(str(external_id), str(guid), str(link), str(content), int(str(sweep)))

    def row(self) -> list[object]:
        return [self.external_id, self.guid, self.link, self.content, self.sweep]


@dataclass(frozen=True, slots=True)
class Found:
    """An entry recognised: is it new, or changed (both are news)? `sweep` is the one in which it was met before."""

    external_id: str
    is_new: bool
    is_news: bool
    sweep: int


def recognise(
    entries: Sequence[Entry], known: Sequence[Known], sweep: int, host: str
) -> tuple[list[tuple[Entry, Found]], tuple[Known, ...]]:
    """Each entry once with what it is, and what is known afterwards (the last 1,000 met, or all of a longer feed)."""
    records = {record.external_id: record for record in known}
    guids, links, contents = _index(known, "guid"), _index(known, "link"), _index(known, "content")
    given: dict[str, tuple[Entry, Found]] = {}
    entries = _telling(entries)
    present = {_digest(entry.guid) for entry in entries if entry.guid}
    for entry in entries:
        guid, link, content = _digest(entry.guid), _digest(entry.link), _content(entry)
        # a changed guid: the same address or content, unless the entry that had it is still in the feed
        moved = links.get(link) or contents.get(content)
        old = guids.get(guid) or (moved if moved is not None and moved.guid not in present else None)
        own = old.external_id if old else external_id(entry, host)
        old = old or records.get(own)
        if own in given:
            continue
        given[own] = entry, Found(own, old is None, old is None or old.content != content, old.sweep if old else sweep)
        records.pop(own, None)
        records[own] = Known(own, guid, link, content, sweep)
    return list(given.values()), tuple(records.values())[-max(_WINDOW, len(given)) :]


def _telling(entries: Sequence[Entry]) -> list[Entry]:
    """The entries without the guids and links that tell nothing: one guid on many addresses, one address on many entries."""
    guids = Counter(guid for guid, _ in {(entry.guid, entry.link) for entry in entries})
    without = [replace(entry, guid="" if guids[entry.guid] > 1 else entry.guid) for entry in entries]
    links = Counter(link for link, _ in {(entry.link, entry.guid or _content(entry)) for entry in without})
    return [replace(entry, link="" if links[entry.link] > 1 else entry.link) for entry in without]


def external_id(entry: Entry, host: str) -> str:
    """The id of an entry on the platform of all feeds: its own if that is unique in the world, else with the feed's host before it."""
    if ":" in entry.guid:
        return entry.guid
    if entry.guid:
        return f"{host}#{entry.guid}"
    return entry.link or f"{host}#sha:{_content(entry)}"


def _index(known: Sequence[Known], name: str) -> dict[str, Known]:
    """Records by one of their digests; a digest that several share identifies none of them."""
    found = Counter(getattr(record, name) for record in known)
    return {getattr(record, name): record for record in known if getattr(record, name) and found[getattr(record, name)] == 1}


def _content(entry: Entry) -> str:
    return _digest(f"{entry.title}\0{entry.text}")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest() if text else ""
