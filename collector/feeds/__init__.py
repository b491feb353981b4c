"""What feeds are made of: `read_feed` turns an answer into a Feed, whatever its format (RSS, Atom, RDF, CDF, JSON Feed) and encoding."""

from collector.feeds.entry import Entry, Feed
from collector.feeds.read import read_feed

__all__ = ["Entry", "Feed", "read_feed"]
