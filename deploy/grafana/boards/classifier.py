"""Classifier quality: what is found, and how often people call it right."""

from panels import Board, Graph, Query, an_hour, per_second

RIGHT = 'sum by (label) (czujka_verdicts{said="right"})'
JUDGED = 'sum by (label) (czujka_verdicts{said=~"right|wrong"})'

BOARD = Board(
    "classifier",
    "Czujka: classifier quality",
    "What is found, and how often people call it right.",
    (
        (
            "Verdicts",
            (
                Graph(
                    "Precision by verdicts",
                    "Of the findings that people judged in the last 13 weeks, the part they called right, by label.",
                    "percentunit",
                    (Query(f"{RIGHT} / ({JUDGED} > 0)", "{{label}}"),),
                    1.01,
                    1.02,
                    "/rules",
                    12,
                ),
                Graph(
                    "Verdicts",
                    "What people say of findings, by label: right, wrong or disputed.",
                    "none",
                    (Query("sum by (label, said) (czujka_verdicts)", "{{label}} {{said}}"),),
                    100_000,
                    1_000_000,
                    "/rules",
                    12,
                ),
            ),
        ),
        (
            "Found",
            (
                Graph(
                    "Findings by severity",
                    "What detectors reported.",
                    "cps",
                    (Query(per_second("czujka_findings_total", "severity"), "{{severity}}"),),
                    1,
                    10,
                    "/posts",
                ),
                Graph(
                    "Findings of an hour",
                    "By label.",
                    "none",
                    (Query(an_hour("czujka_findings_total", "label"), "{{label}}"),),
                    100,
                    1000,
                    "/posts",
                ),
                Graph(
                    "Posts read",
                    "Posts that the sentiment model read, by language.",
                    "cps",
                    (Query(per_second("czujka_model_posts_total", "language"), "{{language}}"),),
                    100,
                    1000,
                    "/posts",
                ),
            ),
        ),
    ),
)
