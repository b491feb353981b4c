"""On-call and answer times: how fast people are told, take over and answer, and what is late."""

from panels import Board, Graph, Query, per_second, share, share_of_hour

SENT = "czujka_collected_to_sent_seconds"
TAKEN = "czujka_acknowledged_seconds"

BOARD = Board(
    "answers",
    "Czujka: on-call and answer times",
    "How fast people are told, take over and answer; what is late, and which ways to them fail.",
    (
        (
            "Told and taken",
            (
                Graph(
                    "From post to message",
                    "From a post's collection to the first message about it.",
                    "s",
                    (Query(share(SENT, 0.5), "half"), Query(share(SENT, 0.95), "95 %")),
                    30,
                    120,
                    "/incidents",
                ),
                Graph(
                    "From opening to acknowledgement",
                    "Nineteen of twenty incidents were acknowledged within this time, over the last hour, by severity.",
                    "s",
                    (Query(share_of_hour(TAKEN, 0.95, "severity"), "{{severity}}"),),
                    600,
                    3600,
                    "/on-call",
                ),
                Graph(
                    "Open and not acknowledged",
                    "Incidents that nobody has, by severity.",
                    "none",
                    (Query('sum by (severity) (czujka_incidents{state="open"})', "{{severity}}"),),
                    3,
                    10,
                    "/incidents",
                ),
                Graph(
                    "Messages by channel",
                    "Tries by channel and outcome; moved means that it went to the next contact.",
                    "cps",
                    (Query(per_second("czujka_deliveries_total", "channel, outcome"), "{{channel}} {{outcome}}"),),
                    1,
                    5,
                    "/incidents",
                ),
                Graph(
                    "Clicks",
                    "Clicks on messages' buttons by what became of them; refused are forged, stale or unreadable.",
                    "cps",
                    (Query(per_second("czujka_clicks_total", "channel, click"), "{{channel}} {{click}}"),),
                    1,
                    10,
                    "/incidents",
                ),
                Graph(
                    "Hooks",
                    "Tries to tell another program what happened, by hook and how they ended.",
                    "cps",
                    (Query(per_second("czujka_hook_calls_total", "hook, outcome"), "{{hook}} {{outcome}}"),),
                    1,
                    10,
                    "/settings",
                ),
            ),
        ),
        (
            "Answers",
            (
                Graph(
                    "First answers of the last seven days",
                    "Half, and 95 of 100, of the conversations that were answered had their first answer within this time.",
                    "s",
                    (Query("czujka_first_answer_seconds", "{{part}} %"),),
                    14400,
                    86400,
                    "/",
                ),
                Graph(
                    "Late",
                    "Conversations past the target for a first answer or an end; legal tasks without a decision after their time.",
                    "none",
                    (Query("sum by (clock) (czujka_conversations_late)", "{{clock}}"), Query("czujka_duties_late", "legal tasks")),
                    1,
                    10,
                    "/",
                ),
                Graph(
                    "Waiting and answered",
                    "Conversations that are not closed, by state.",
                    "none",
                    (Query("sum by (state) (czujka_conversations)", "{{state}}"),),
                    50,
                    200,
                    "/",
                ),
                Graph(
                    "Answers on platforms",
                    "Tries to reply, like or hide on a platform, by how they ended.",
                    "cps",
                    (Query(per_second("czujka_replies_total", "platform, outcome"), "{{platform}} {{outcome}}"),),
                    1,
                    10,
                    "/",
                    12,
                ),
                Graph(
                    "Answers that wait",
                    "For approval, for a try, for a look at the thread, or for a person who decides.",
                    "none",
                    (Query("sum by (waits) (czujka_replies_waiting)", "{{waits}}"),),
                    10,
                    50,
                    "/",
                    12,
                ),
            ),
        ),
    ),
)
