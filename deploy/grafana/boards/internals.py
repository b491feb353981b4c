"""Pipeline internals: does the machine keep up, what did it survive, and is the watcher watched?"""

from panels import Board, Graph, Query, per_second, share

BOARD = Board(
    "internals",
    "Czujka: pipeline internals",
    "Whether the machine keeps up, what it survived, and who watches the watcher.",
    (
        (
            "Stages",
            (
                Graph(
                    "Backlog",
                    "Rows that wait for a stage.",
                    "none",
                    (Query("sum by (stage) (czujka_backlog_rows)", "{{stage}}"),),
                    100,
                    1000,
                    "/sources",
                ),
                Graph(
                    "Time of a stage, 95 %",
                    "How long one run of a stage takes.",
                    "s",
                    (Query(share("czujka_stage_seconds", 0.95, "stage"), "{{stage}}"),),
                    1,
                    10,
                    "/sources",
                ),
                Graph(
                    "Errors survived",
                    "By stage and reason; the work goes on, `czujka doctor` says what to do.",
                    "cps",
                    (Query(per_second("czujka_errors_total", "stage, reason"), "{{stage}}: {{reason}}"),),
                    0.01,
                    0.1,
                    "/sources",
                ),
            ),
        ),
        (
            "The watcher watched",
            (
                Graph(
                    "Ills",
                    "What the auditor finds wrong, as `czujka doctor` says it.",
                    "none",
                    (Query("sum by (kind) (czujka_ills)", "{{kind}}"),),
                    1,
                    5,
                    "/sources",
                ),
                Graph(
                    "Heartbeats of an hour",
                    "Sent outside, withheld because something is wrong, or failed.",
                    "none",
                    (Query("sum by (heartbeat) (increase(czujka_heartbeats_total[1h]))", "{{heartbeat}}"),),
                    100,
                    1000,
                    "/sources",
                ),
                Graph(
                    "Canary",
                    "How long the last planted post took for the whole way; late means that one has not come back in time.",
                    "s",
                    (Query("czujka_canary_seconds", "whole way"), Query("czujka_canary_late", "late")),
                    30,
                    60,
                    "/sources",
                ),
            ),
        ),
        (
            "Pages",
            (
                Graph(
                    "Pages served",
                    "Requests answered by the pages, by kind of answer.",
                    "reqps",
                    (Query(per_second("czujka_web_requests_total", "status"), "{{status}}"),),
                    50,
                    200,
                    "/",
                    12,
                ),
                Graph(
                    "Time of a page, 95 %",
                    "How long a page takes to answer.",
                    "s",
                    (Query(share("czujka_web_request_seconds", 0.95, "method"), "{{method}}"),),
                    0.3,
                    1,
                    "/",
                    12,
                ),
            ),
        ),
    ),
)
