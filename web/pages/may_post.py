""" "May I post this?": everybody who is signed in pastes a draft and hears what the policy says. The draft is kept nowhere."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from actions.may_post import LONGEST_DRAFT, may_i_post, starter
from core.errors import Refused
from core.policy import Applies
from web.render import page, speech_of
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()

ADDRESS = "/may-i-post"


@router.get(ADDRESS)
def ask(request: Request, visitor: SignedIn) -> Response:
    """An empty page."""
    return _page(request, visitor)


@router.post(ADDRESS)
def answer(
    request: Request,
    visitor: Posting,
    text: Annotated[str, Form()] = "",
    account: Annotated[Applies, Form()] = Applies.PERSONAL,
) -> Response:
    """What is to be said of this draft. It goes back into the form, and nowhere else."""
    context = context_of(request)
    version = context.store.policies.in_force(context.clock())
    clauses = version.clauses if version is not None else starter()
    language = speech_of(request, visitor).language
    try:
        said, found = may_i_post(context.judge, clauses, text, account, language)
    except Refused:
        return _page(request, visitor, text=text[:LONGEST_DRAFT], account=account, problem=True, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _page(request, visitor, text=said, account=account, found=found, binds=version is not None)


def _page(request: Request, visitor: Visitor, *, status: HTTPStatus = HTTPStatus.OK, **values: object) -> Response:
    empty: dict[str, object] = {"text": "", "account": Applies.PERSONAL, "problem": False, "found": None, "binds": False}
    return page(request, "may_post.html", visitor, status, longest=LONGEST_DRAFT, kinds=tuple(Applies), **(empty | values))
