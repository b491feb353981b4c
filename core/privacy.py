"""Privacy and proof as they are configured."""

from core.table import Table


class AuditTable(Table):
    """Where the heads of the audit's chain are written every five minutes: a file beside the database by default. Let it be a place that
    nobody who can change the database can change, such as a share that only takes additions: what is proven is proven against it.
    """

    heads: str | None = None
