"""Crisis: what stands out in numbers and words, and what became of it."""

from panels import Board, Graph, Query, an_hour, per_second

GRAVE = 'severity=~"high|critical"'

BOARD = Board(
    "crisis",
    "Czujka: crisis",
    "What stands out in numbers and in words, what it was taken for, and whether a crisis is declared.",
    (
        (
            "Now",
            (
                Graph(
                    "Crises declared",
                    "Crises that are declared and not stood down.",
                    "none",
                    (Query("czujka_crises", "declared"),),
                    1,
                    1,
                    "/crisis",
                    number=True,
                ),
                Graph(
                    "Series far from usual",
                    "What is counted and stands out now: posts, negative posts, complaints, findings of a crisis, authors, reach.",
                    "none",
                    (Query("sum(czujka_signals)", "series"),),
                    1,
                    3,
                    "/signals",
                    number=True,
                ),
                Graph(
                    "Grave and open",
                    "Incidents of high or critical severity that nobody has acknowledged.",
                    "none",
                    (Query(f'sum(czujka_incidents{{{GRAVE}, state="open"}})', "open"),),
                    1,
                    3,
                    "/incidents",
                    number=True,
                ),
            ),
        ),
        (
            "Numbers and words",
            (
                Graph(
                    "What stands out",
                    "Series far from usual, by what is counted.",
                    "none",
                    (Query("sum by (measure) (czujka_signals)", "{{measure}}"),),
                    1,
                    3,
                    "/signals",
                    12,
                ),
                Graph(
                    "Posts",
                    "New posts and comments, by the scope of their source.",
                    "cps",
                    (Query(per_second("czujka_items_collected_total", "scope"), "{{scope}}"),),
                    10,
                    100,
                    "/posts",
                    12,
                ),
                Graph(
                    "Findings of a crisis and of leaks",
                    "Within an hour, by label.",
                    "none",
                    (Query(an_hour("czujka_findings_total", "label", GRAVE), "{{label}}"),),
                    1,
                    10,
                    "/posts",
                    12,
                ),
                Graph(
                    "Grave incidents opened",
                    "Of high or critical severity, within an hour, by label.",
                    "none",
                    (Query(an_hour("czujka_incidents_opened_total", "label", GRAVE), "{{label}}"),),
                    1,
                    5,
                    "/incidents",
                    12,
                ),
            ),
        ),
    ),
)
