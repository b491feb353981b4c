"""Cases of breaches: the list, one case, the forms by which it takes its steps, and the glass that somebody breaks for a reason.

Every page asks `actions.case_sight` first: for whoever may not see a case it is not there.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from actions import case_sight as sight
from actions import cases as act
from actions.case_sight import Desk
from core.access import Right
from core.cases import MOST_TEXT, CaseFound, CaseStage, Consequence
from core.errors import Conflict, NotFound, Refused
from governance.case_export import rights
from governance.cases import why_not_decide
from web.case_words import CaseTeller
from web.desk import desk_at
from web.render import page, speech_of
from web.visitor import Posting, SignedIn, Visitor, context_of

router = APIRouter()

Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
Id = Annotated[int | None, Form(ge=1, le=2**63 - 1)]
Asked = Annotated[int | None, Query(ge=1, le=2**63 - 1)]
Short = Annotated[str, Form(max_length=400)]
Long = Annotated[str, Form(max_length=2 * MOST_TEXT)]
Seen = Annotated[int | None, Form(ge=1, le=2**31)]
Flag = Annotated[bool, Form()]


@router.get("/cases")
def cases(request: Request, visitor: SignedIn) -> Response:
    """Those that the visitor may see."""
    return page(request, "cases.html", visitor, rows=sight.listed(desk_of(request, visitor)), teller=_teller(request, visitor))


@router.get("/cases/open")
def asked(request: Request, visitor: SignedIn, incident: Asked = None, item: Asked = None) -> Response:
    """The form that opens a case."""
    return _opening(request, visitor, incident, item)


@router.post("/cases")
def open_case(
    request: Request,
    visitor: Posting,
    incident: Id = None,
    item: Id = None,
    clause: Short = "",
    concerned: Short = "",
    because: Long = "",
) -> Response:
    """Freeze what was said, and begin."""
    desk = desk_of(request, visitor)
    try:
        number = act.open_case(desk, incident_id=incident, item_id=item, clause=clause, concerned=concerned, because=because)
    except Refused as error:
        return _opening(request, visitor, incident, item, problem=str(error), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(f"/cases/{number}", HTTPStatus.SEE_OTHER)


@router.get("/cases/break-glass")
def glass(request: Request, visitor: SignedIn) -> Response:
    return page(request, "case_glass.html", visitor, problem="")


@router.post("/cases/break-glass")
def break_glass(request: Request, visitor: Posting, number: Annotated[int, Form(ge=1, le=2**63 - 1)], reason: Long = "") -> Response:
    """Look into a case without the right, for a while; who judges cases is told."""
    try:
        sight.break_glass(desk_of(request, visitor), number, reason)
    except Refused:
        return page(request, "case_glass.html", visitor, HTTPStatus.UNPROCESSABLE_ENTITY, problem="reason")
    except NotFound:
        return page(request, "case_glass.html", visitor, HTTPStatus.NOT_FOUND, problem="number")
    return RedirectResponse(f"/cases/{number}", HTTPStatus.SEE_OTHER)


@router.get("/cases/{case_number}")
def case(request: Request, visitor: SignedIn, case_number: Number) -> Response:
    return _case(request, visitor, case_number)


@router.post("/cases/{case_number}/export")
def export(request: Request, visitor: Posting, case_number: Number) -> Response:
    """The case as a ZIP."""
    try:
        content = act.export(desk_of(request, visitor), case_number)
    except Refused as error:
        return _case(request, visitor, case_number, problem=_why(error), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    named = {"Content-Disposition": f'attachment; filename="case-{case_number}.zip"'}
    return Response(content, media_type="application/zip", headers=named)


@router.post("/cases/{case_number}/freeze")
def freeze(request: Request, visitor: Posting, case_number: Number) -> Response:
    return _acted(request, visitor, case_number, act.freeze)


@router.post("/cases/{case_number}/name")
def name(request: Request, visitor: Posting, case_number: Number, concerned: Short = "", seen: Seen = None) -> Response:
    return _acted(request, visitor, case_number, act.name_person, concerned, seen=seen)


@router.post("/cases/{case_number}/assign")
def assign(request: Request, visitor: Posting, case_number: Number, person: Short, seen: Seen = None, appeal: Flag = False) -> Response:
    return _acted(request, visitor, case_number, act.assign, person, appeal=appeal, seen=seen)


@router.post("/cases/{case_number}/hear")
def hear(request: Request, visitor: Posting, case_number: Number, said: Long = "", seen: Seen = None) -> Response:
    return _acted(request, visitor, case_number, act.hear, said, seen=seen)


@router.post("/cases/{case_number}/decide")
def decide(
    request: Request,
    visitor: Posting,
    case_number: Number,
    found: Annotated[CaseFound, Form()],
    consequence: Annotated[Consequence, Form()],
    reason: Long = "",
    seen: Seen = None,
) -> Response:
    return _acted(request, visitor, case_number, act.decide, found, consequence, reason, seen=seen)


@router.post("/cases/{case_number}/appeal")
def appeal(request: Request, visitor: Posting, case_number: Number, said: Long = "", seen: Seen = None) -> Response:
    return _acted(request, visitor, case_number, act.appeal, said, seen=seen)


@router.post("/cases/{case_number}/close")
def close(request: Request, visitor: Posting, case_number: Number, note: Long = "", seen: Seen = None, waived: Flag = False) -> Response:
    return _acted(request, visitor, case_number, act.close, note, waived=waived, seen=seen)


def desk_of(request: Request, visitor: Visitor) -> Desk:
    return desk_at(context_of(request), visitor.viewer)


def _teller(request: Request, visitor: Visitor) -> CaseTeller:
    return CaseTeller(speech_of(request, visitor))


def _acted(request: Request, visitor: Visitor, number: int, what: Callable[..., Any], *how: Any, **more: Any) -> Response:
    """Take the step; what cannot be is said on the case's own page, for who may see it."""
    try:
        what(desk_of(request, visitor), number, *how, **more)
    except Conflict as error:
        return _case(request, visitor, number, problem=_why(error), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(f"/cases/{number}", HTTPStatus.SEE_OTHER)


def _why(error: Conflict) -> str:
    return "impossible" if isinstance(error, Refused) else "conflict"


def _opening(
    request: Request, visitor: Visitor, incident: int | None, item: int | None, *, problem: str = "", status: HTTPStatus = HTTPStatus.OK
) -> Response:
    if not visitor.viewer.has(Right.CASES):
        raise NotFound("there is nothing here for this visitor")
    version = context_of(request).store.policies.in_force(context_of(request).clock())
    clauses = version.clauses if version is not None else ()
    return page(request, "case_open.html", visitor, status, incident=incident, item=item, clauses=clauses, problem=problem)


def _case(request: Request, visitor: Visitor, number: int, *, problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    desk = desk_of(request, visitor)
    file = sight.read(desk, number)
    found, clause = file.case, act.clause_of(desk.store, file.case)
    leads = sight.judges(visitor.viewer, found.brand)
    given = desk.person in (found.decider, found.appeal_decider)
    ready = found.stage in (CaseStage.HEARD, CaseStage.APPEALED)
    return page(
        request,
        "case.html",
        visitor,
        status,
        case=found,
        file=file,
        clause=clause,
        scale=act.scale_of(clause),
        broken=act.look_over(desk, file),
        leads=leads,
        takes=leads or given,
        rights=rights(desk.settings, speech_of(request, visitor).language),
        decides=ready and (leads or given) and why_not_decide(found, desk.person) is None,
        people=[one.id for one in desk.settings.person if not sight.is_concerned(desk.settings, found, one.id)],
        teller=_teller(request, visitor),
        problem=problem,
    )
