"""How far the staff are with what they must read and complete, by name, for those who govern the policy."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import message_plan as messages
from actions import readers, training
from actions.staff import shares
from core.staff import Asked
from governance.message_plan import following
from reports.staff import share_name
from reports.wording import Speech
from web.render import page, speech_of
from web.visitor import SignedIn, context_of

router = APIRouter()


@router.get("/staff")
def staff(request: Request, visitor: SignedIn) -> Response:
    """Counts for each thing, and who is late with what."""
    context, now = context_of(request), context_of(request).clock()
    store, settings, zone = context.store, context.settings, context.settings.zone()
    words = Speech(speech_of(request, visitor).language)
    read = readers.standing(store, settings, now)
    counted = [(share_name(one, words), one) for one in shares(store, settings, now)]
    policy = next((name for name, one in counted if one.what is Asked.POLICY), "")
    owed = [(one.colleague, policy, one.due_at) for one in (read.owing if read else ())]
    trained = [each for one in training.standing(store, settings, now) for each in one.owing]
    owed += [(one.colleague, one.training.name(words.language), one.due_at) for one in trained]
    return page(
        request,
        "staff.html",
        visitor,
        shares=counted,
        plans=[
            (one.name(words.language), one.due_at(day, zone) if day else None, len(messages.audience(store, one, now)))
            for one in settings.message_plan
            for day in (following(one, zone, now),)
        ],
        late=sorted(((one, what, due) for one, what, due in owed if due <= now), key=lambda each: (each[2], each[0].person)),
    )
