"""Reads files that were exported from elsewhere, CSV or JSON Lines, whatever their encoding, separator and column names.

`open_export(path, defaults)` gives an `Export`, whose `read` yields one `Entry` per row: an item, or why there is none. `from_body` reads
posts that came as JSON without a file.
"""

from collector.exports.entries import Defaults
from collector.exports.export import Entry, Export, open_export
from collector.exports.objects import from_body
from collector.exports.tally import Tally

__all__ = ["Defaults", "Entry", "Export", "Tally", "from_body", "open_export"]
