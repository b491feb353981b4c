"""Why a decider decided: the stable words that stand in an incident's history and in metrics."""

from enum import StrEnum


class Why(StrEnum):
    """Why assess opened, grew or answered something."""

    SEVERITY = "severity"
    VOLUME = "volume"
    SAME_STORY = "same_story"
    NEAR_DUPLICATE = "near_duplicate"
    RETURNED = "returned"
    VOLUME_HIGH = "volume_high"
    REPEATED = "repeated"
    RAISED = "raised"
    MAY_PAGE_NOW = "may_page_now"
    WANTS_ANSWER = "wants_answer"
    UNDER_OUR_POST = "under_our_post"
    WE_ANSWERED = "we_answered"
    IRRELEVANT = "irrelevant"
    NUMBERS = "numbers"
    NUMBERS_USUAL = "numbers_usual"


class PageReason(StrEnum):
    """Why somebody is paged now, or later."""

    STEP_DUE = "step_due"
    STEP_EMPTY = "step_empty"
    REPEAT = "repeat"
    CATCH_UP = "catch_up"
    ACK_EXPIRED = "ack_expired"
    SNOOZE_ENDED = "snooze_ended"
    NOBODY_ON_CALL = "nobody_on_call"
    NOBODY_ANSWERED = "nobody_answered"
    NOBODY_REACHABLE = "nobody_reachable"
    QUIET_HOURS = "quiet_hours"
    CONCERNED = "concerned"


class TryReason(StrEnum):
    """How a try to send ended, beside the words of errors."""

    SENT = "sent"
    UNDER_WAY = "under_way"
    NOTHING_TO_EDIT = "nothing_to_edit"
    GATHERED = "gathered"
    NOT_SAID = "not_said"
