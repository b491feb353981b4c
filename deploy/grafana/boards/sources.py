"""Sources and quotas: what platforms send, how far behind we are, and what is spent."""

from panels import SOURCE, Board, Graph, Query, per_second

from boards.overview import AGE

BOARD = Board(
    "sources",
    "Czujka: sources and quotas",
    "What platforms send, how far behind we are, what is spent of their limits and of ours.",
    (
        (
            "Sources",
            (
                Graph(
                    "Time since the last good read",
                    "A line that climbs is a source that has gone blind.",
                    "s",
                    (Query(f"max by (source) ({AGE})", "{{source}}"),),
                    900,
                    3600,
                    "/sources",
                    12,
                ),
                Graph(
                    "Age of the newest post when it came",
                    "How far behind the platform the last poll with posts was.",
                    "s",
                    (Query(f"max by (source) (czujka_source_lag_seconds{{{SOURCE}}})", "{{source}}"),),
                    900,
                    3600,
                    "/sources",
                    12,
                ),
                Graph(
                    "New posts and comments by source",
                    "Items stored for the first time.",
                    "cps",
                    (Query(per_second("czujka_items_collected_total", "source", SOURCE), "{{source}}"),),
                    10,
                    100,
                    "/posts",
                    12,
                ),
                Graph(
                    "Quota used",
                    "The part of a platform's limit, or of our own cap, that is spent.",
                    "percentunit",
                    (
                        Query(
                            f"max by (source, quota) (czujka_source_quota_used{{{SOURCE}}} / (czujka_source_quota_limit{{{SOURCE}}} > 0))",
                            "{{source}} {{quota}}",
                        ),
                    ),
                    0.8,
                    0.95,
                    "/sources",
                    12,
                ),
                Graph(
                    "Put aside unread",
                    "What platforms or files sent that could not be read, by reason; it is kept.",
                    "cps",
                    (Query(per_second("czujka_quarantined_total", "reason"), "{{reason}}"),),
                    0.01,
                    1,
                    "/sources",
                    12,
                ),
                Graph(
                    "Requests to platforms and channels",
                    "By kind of answer; error means that none came.",
                    "reqps",
                    (Query(per_second("czujka_http_requests_total", "status"), "{{status}}"),),
                    50,
                    200,
                    "/sources",
                    12,
                ),
            ),
        ),
    ),
    by_source=True,
)
