"""Lists, a page at a time: a cursor is an opaque place that nobody can make but us."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated, TypeVar

from fastapi import Query
from itsdangerous import BadData, URLSafeSerializer

from web.api.problems import Trouble
from web.context import Context

PAGE = 50

Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=200)]

Row = TypeVar("Row")


def page_of(
    context: Context, what: str, found: Sequence[Row], limit: int, number: Callable[[Row], int]
) -> tuple[Sequence[Row], str | None]:
    """The first `limit` of what was found (asked for with one more than that), and the cursor of what follows; `number` is a row's id."""
    return found[:limit], cursor_for(context, what, number(found[limit - 1])) if len(found) > limit else None


def cursor_for(context: Context, what: str, last: int) -> str:
    """An opaque place in a list, which nobody can make but us."""
    return str(URLSafeSerializer(context.secret, salt=f"czujka.cursor.{what}").dumps(last))


def place_of(context: Context, what: str, cursor: str | None) -> int | None:
    """The id after which the next page begins. Raises Trouble(400) for a cursor that is not ours."""
    if cursor is None:
        return None
    try:
        return int(URLSafeSerializer(context.secret, salt=f"czujka.cursor.{what}").loads(cursor))
    except (BadData, TypeError, ValueError) as error:
        raise Trouble(HTTPStatus.BAD_REQUEST, "bad_cursor", "this cursor was not made here") from error
