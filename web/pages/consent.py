"""Consent: one's own, for everybody who may sign in; for those who govern, whom was asked and how it stands."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from actions import consents as act
from core.consent import Consent, ConsentState
from core.errors import Conflict, CzujkaError, Refused
from web.render import page, speech_of
from web.security import PageError
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()

Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
Said = Annotated[str, Query(max_length=20)]


@router.get("/consent")
def own(request: Request, visitor: SignedIn, done: Said = "") -> Response:
    """What one is asked, and what one agreed to."""
    return _own(request, visitor, done=done)


@router.post("/consent/{consent_id}/prove")
def prove(request: Request, visitor: Posting, consent_id: Number, address: Annotated[str, Form(max_length=1000)]) -> Response:
    """The account shows the code: it is theirs."""
    context = context_of(request)
    if context.http is None:
        raise PageError(HTTPStatus.NOT_FOUND, "not_found")
    try:
        act.prove(context.store, context.http, consent_id, address, visitor.person, context.clock())
    except Refused as error:
        return _own(request, visitor, problem=("address", str(error)), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except CzujkaError as error:
        if error.reason == "not_found":
            raise
        return _own(request, visitor, problem=("unread", error.reason), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/consent?done=proven", HTTPStatus.SEE_OTHER)


@router.post("/consent/{consent_id}/grant")
def grant(
    request: Request,
    visitor: Posting,
    consent_id: Number,
    version: Annotated[str, Form(max_length=16)],
    language: Annotated[str, Form(pattern="^(pl|en)$")],
) -> Response:
    """The person agrees to what they read."""
    context = context_of(request)
    try:
        act.grant(context.store, context.settings, consent_id, version, language, visitor.person, context.clock())
    except (Refused, Conflict) as error:
        kind = "changed" if isinstance(error, Conflict) else "over"
        return _own(request, visitor, problem=(kind, ""), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/consent?done=granted", HTTPStatus.SEE_OTHER)


@router.post("/consent/{consent_id}/decline")
def decline(request: Request, visitor: Posting, consent_id: Number) -> Response:
    """The person says no."""
    context = context_of(request)
    try:
        act.decline(context.store, consent_id, visitor.person, context.clock())
    except Refused:
        return _own(request, visitor, problem=("over", ""), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/consent?done=declined", HTTPStatus.SEE_OTHER)


@router.post("/consent/{consent_id}/withdraw")
def withdraw(request: Request, visitor: Posting, consent_id: Number) -> Response:
    """The person takes it back: collection stops, what was collected is erased."""
    context = context_of(request)
    act.mine(context.store, consent_id, visitor.person)
    try:
        act.withdraw(context.store, consent_id, visitor.person, context.clock())
    except Refused:
        return _own(request, visitor, problem=("over", ""), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/consent?done=withdrawn", HTTPStatus.SEE_OTHER)


@router.get("/consents")
def everybody(request: Request, visitor: SignedIn) -> Response:
    """Whom was asked, and how it stands; not why somebody said no, for nobody is asked that."""
    return _everybody(request, visitor)


@router.post("/consents")
def invite(
    request: Request,
    visitor: Posting,
    person: Annotated[str, Form(max_length=64)],
    platform: Annotated[str, Form(max_length=32)],
    handle: Annotated[str, Form(max_length=256)],
) -> Response:
    """Ask somebody about one account."""
    context = context_of(request)
    try:
        act.invite(context.store, context.settings, person, platform, handle, visitor.person, context.clock())
    except (Refused, Conflict):
        return _everybody(request, visitor, problem=True, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse("/consents", HTTPStatus.SEE_OTHER)


def _own(
    request: Request, visitor: Visitor, *, done: str = "", problem: tuple[str, str] = ("", ""), status: HTTPStatus = HTTPStatus.OK
) -> Response:
    context, language = context_of(request), speech_of(request, visitor).language
    rows = [_shown(request, one, language) for one in context.store.consents.list(visitor.person)]
    return page(request, "consent.html", visitor, status, rows=rows, done=done, problem=problem, now=context.clock())


def _shown(request: Request, one: Consent, language: str) -> tuple[Consent, str, list[tuple[str, list[list[tuple[bool, str]]]]]]:
    """A consent, its notice's version, and the notice in blocks: the one that was agreed to, else what would be agreed to."""
    text, version = act.notice(context_of(request).settings, one, language)
    if one.state in {ConsentState.GRANTED, ConsentState.WITHDRAWN}:
        text, version = one.notice, one.notice_version
    return one, version, list(_blocks(text))


def _blocks(text: str) -> Iterator[tuple[str, list[list[tuple[bool, str]]]]]:
    """Headings, paragraphs and lists; each line as pieces, (is strong, words)."""
    for block in text.strip().split("\n\n"):
        lines = block.split("\n")
        if block.startswith("#"):
            yield "h", [_pieces(block.lstrip("# "))]
        elif block.startswith("- "):
            entries = re.split(r"\n(?=- )", block)
            yield "ul", [_pieces(" ".join(entry.removeprefix("- ").split())) for entry in entries]
        else:
            yield "p", [_pieces(" ".join(line.strip() for line in lines))]


def _pieces(line: str) -> list[tuple[bool, str]]:
    return [(place % 2 == 1, words) for place, words in enumerate(line.split("**")) if words]


def _everybody(request: Request, visitor: Visitor, *, problem: bool = False, status: HTTPStatus = HTTPStatus.OK) -> Response:
    context = context_of(request)
    rows = context.store.consents.list()
    return page(request, "consents.html", visitor, status, rows=rows, people=context.settings.person, problem=problem)
