"""What stood out in the numbers, over the API: what was counted, what is usual, what it came to, and why."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request

from actions.signals import may_see
from core.errors import NotFound
from core.number_words import sentences
from core.signals import Noted
from web.api import signal_models as models
from web.api.caller import Calling, Id, context_of
from web.api.models import Listed
from web.api.paging import PAGE, Cursor, Limit, page_of, place_of
from web.context import Context

router = APIRouter()

Language = Annotated[Literal["en", "pl"], Query(description="Of the sentences.")]
Brand = Annotated[str | None, Query(max_length=64)]
Lasting = Annotated[bool, Query(description="Only those that have not ended.")]


@router.get("/signals")
def signals(
    request: Request,
    caller: Calling,
    brand: Brand = None,
    cursor: Cursor = None,
    limit: Limit = PAGE,
    *,
    lasting: Lasting = False,
    language: Language = "en",
) -> Listed[models.Signal]:
    """What stood out in the brands that the token's person sees, the newest first: incidents, and notes that page nobody."""
    context, sight = context_of(request), caller.sight
    seen = None if sight is None else sorted(sight.brands)
    wanted = seen if brand is None else [brand] if may_see(brand, sight) else []
    rows = context.store.signals.page(place_of(context, "signals", cursor), limit + 1, wanted, lasting=lasting)
    shown, following = page_of(context, "signals", rows, limit, lambda one: one.signal_id)
    return Listed(items=[_told(context, one, language) for one in shown], next=following)


@router.get("/signals/{signal_id}")
def signal(request: Request, caller: Calling, signal_id: Id, *, language: Language = "en") -> models.Signal:
    """One signal."""
    context = context_of(request)
    found = context.store.signals.get(signal_id)
    if not may_see(found.signal.key.brand, caller.sight):
        raise NotFound(f"there is no signal {signal_id}")
    return _told(context, found, language)


def _told(context: Context, one: Noted, language: str) -> models.Signal:
    says = sentences(one.numbers, language, context.settings.zone()) if one.numbers is not None else []
    return models.told(one, says)
