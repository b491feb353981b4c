"""The one error tree. Every error carries `reason`, a short stable word that is also the metric's label.

CzujkaError
├── ConfigError            the configuration or the command line is wrong
├── HttpError              a request did not give a usable answer (core.http)
├── CollectError           a platform could not be read
│   ├── Unauthorized       401/403, expired token: a person must act
│   ├── RateLimited        come back at `reset_at`
│   ├── BudgetSpent        our own cap, until `reset_at`
│   ├── Gone               404/410: what was asked for is no longer there
│   └── BadResponse        an answer that cannot be read, 5xx, a time-out
├── ClassifyError          a model or a rule pack cannot be used
├── StoreError             the database refused
│   ├── Conflict           somebody else changed the row first
│   │   └── Refused        as things stand it cannot be; the message says what can
│   └── NotFound           no such row
├── SignInRefused          the company's provider did not vouch for anybody we know
├── ClickRefused           a click on a button is forged, too old or from nobody we know
├── PushRefused            posts that were sent to us are not signed, or cannot be read
├── AnswerError            a reply, like or hiding was not taken by the platform, or nobody knows
└── DeliveryError          a message was not taken; `permanent` says whether to try again
"""

from datetime import datetime


class CzujkaError(Exception):
    """Something went wrong that a person can understand. `str(error)` says what, where and how to mend it."""

    reason = "error"

    def __init__(self, message: str, *, reason: str | None = None) -> None:
        super().__init__(message)
        if reason is not None:
            self.reason = reason


class ConfigError(CzujkaError):
    """The configuration or the command line is wrong."""

    reason = "config"


class HttpError(CzujkaError):
    """No usable answer came. `reason` is one of: timeout, connect, too_large, refused_address, redirect, garbage, tls.

    `went_out`: the whole request had been sent, so the other side may have done what it asks.
    """

    reason = "http"

    def __init__(self, message: str, *, reason: str | None = None, went_out: bool = False) -> None:
        super().__init__(message, reason=reason)
        self.went_out = went_out


class CollectError(CzujkaError):
    """A platform could not be read. `retry_at` (aware UTC) is when the platform wants to be asked again, if it said so."""

    reason = "collect"

    def __init__(self, message: str, *, reason: str | None = None, retry_at: datetime | None = None) -> None:
        super().__init__(message, reason=reason)
        self.retry_at = retry_at


class Unauthorized(CollectError):
    """The platform does not accept our credentials, or they lack a scope."""

    reason = "unauthorized"


class RateLimited(CollectError):
    """The platform asks us to wait until `retry_at`."""

    reason = "rate_limited"


class BudgetSpent(CollectError):
    """Our own spending cap is reached until `retry_at`."""

    reason = "budget_spent"


class Gone(CollectError):
    """What the source points to is no longer there."""

    reason = "gone"


class BadResponse(CollectError):
    """The answer cannot be read: a server error, a time-out, a truncated or unknown body."""

    reason = "bad_response"


class ClassifyError(CzujkaError):
    """A model or a rule pack cannot be used."""

    reason = "classify"


class StoreError(CzujkaError):
    """The database refused."""

    reason = "store"


class Conflict(StoreError):
    """Somebody else changed the row first; read it again and decide again."""

    reason = "conflict"


class Refused(Conflict):
    """As things stand this cannot be done, however often it is tried; the message says what can be done instead."""

    reason = "impossible"


class NotFound(StoreError):
    """No row with this id."""

    reason = "not_found"


class SignInRefused(CzujkaError):
    """Nobody is signed in. `reason` is sign_in_failed, or not_configured for somebody whom the configuration does not name."""

    reason = "sign_in_failed"


class ClickRefused(CzujkaError):
    """A click on a message's button does not count. `reason` is one of: forged, stale, unreadable, unknown_person, no_such_channel."""

    reason = "forged"


class PushRefused(CzujkaError):
    """Posts that were sent to us are not taken. `reason` is one of: forged, stale, unreadable, too_many, too_large, secret_missing,
    no_such_source."""

    reason = "forged"


class DeliveryError(CzujkaError):
    """A message was not taken. Permanent failures move on to the next contact; others are tried again.

    `retry_at` (aware UTC) is when the other side wants the next try, if it said so. `may_have_arrived`: all of it had gone out, and no
    answer came.
    """

    reason = "delivery"

    def __init__(
        self, message: str, *, permanent: bool, reason: str | None = None, retry_at: datetime | None = None, may_have_arrived: bool = False
    ) -> None:
        super().__init__(message, reason=reason)
        self.permanent = permanent
        self.retry_at = retry_at
        self.may_have_arrived = may_have_arrived


class AnswerError(CzujkaError):
    """A platform did not take what we answered there. `permanent`: another try would end the same.

    `unknown`: it may have been done all the same, so it must not simply be tried again. `retry_at` (aware UTC) is when the platform
    wants the next try, if it said so.
    """

    reason = "answer"

    def __init__(
        self, message: str, *, permanent: bool = False, unknown: bool = False, reason: str | None = None, retry_at: datetime | None = None
    ) -> None:
        super().__init__(message, reason=reason)
        self.permanent = permanent
        self.unknown = unknown
        self.retry_at = retry_at
