"""Cases over the API. For a token whose person may not see a case, and for one without the scope `cases`, it is not there."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response

from actions import case_sight as sight
from actions import cases as act
from actions.case_sight import Desk
from core.access import Right
from core.errors import NotFound
from web.api import case_models as models
from web.api.caller import Caller, Calling, Id, IfMatch, context_of, same_version
from web.desk import desk_at

router = APIRouter()


@router.get("/cases")
def cases(request: Request, caller: Calling) -> list[models.CaseRow]:
    """The cases that the token's person may see, the newest first."""
    return [models.CaseRow.model_validate(one) for one in sight.listed(_desk(request, caller))]


@router.post("/cases", status_code=HTTPStatus.CREATED)
def open_case(request: Request, response: Response, caller: Calling, wanted: models.CaseWanted) -> models.CaseWhole:
    """Open a case; what was said is frozen at once."""
    desk = _desk(request, caller)
    caller.demand(Right.ACT)
    number = act.open_case(
        desk,
        incident_id=wanted.incident_id,
        item_id=wanted.item_id,
        clause=wanted.clause,
        concerned=wanted.concerned,
        because=wanted.because,
    )
    return _told(response, desk, number)


@router.get("/cases/{case_number}")
def case(request: Request, response: Response, caller: Calling, case_number: Id) -> models.CaseWhole:
    """One case with its history and its evidence, and what in it was changed behind Czujka's back. That it was read is written down."""
    return _told(response, _desk(request, caller), case_number)


@router.post("/cases/{case_number}/hear")
def hear(
    request: Request, response: Response, caller: Calling, case_number: Id, wanted: models.CaseWords, if_match: IfMatch = None
) -> models.CaseWhole:
    """Write down what the person said, or that they did not want to be heard."""
    return _acted(request, response, caller, case_number, if_match, act.hear, wanted.text)


@router.post("/cases/{case_number}/decide")
def decide(
    request: Request, response: Response, caller: Calling, case_number: Id, wanted: models.CaseDecision, if_match: IfMatch = None
) -> models.CaseWhole:
    """Decide a case that was heard, or an appeal: never who opened it, never who decided before."""
    return _acted(request, response, caller, case_number, if_match, act.decide, wanted.found, wanted.consequence, wanted.reason)


@router.post("/cases/{case_number}/appeal")
def appeal(
    request: Request, response: Response, caller: Calling, case_number: Id, wanted: models.CaseWords, if_match: IfMatch = None
) -> models.CaseWhole:
    """Take in an appeal, in the person's words."""
    return _acted(request, response, caller, case_number, if_match, act.appeal, wanted.text)


@router.post("/cases/{case_number}/name")
def name(
    request: Request, response: Response, caller: Calling, case_number: Id, wanted: models.CaseName, if_match: IfMatch = None
) -> models.CaseWhole:
    """Say whom the case concerns."""
    return _acted(request, response, caller, case_number, if_match, act.name_person, wanted.concerned)


@router.post("/cases/{case_number}/assign")
def assign(
    request: Request, response: Response, caller: Calling, case_number: Id, wanted: models.CaseGiven, if_match: IfMatch = None
) -> models.CaseWhole:
    """Give the decision to a person, who sees this case from now on."""
    return _acted(request, response, caller, case_number, if_match, act.assign, wanted.person, appeal=wanted.appeal)


@router.post("/cases/{case_number}/freeze")
def freeze(request: Request, response: Response, caller: Calling, case_number: Id) -> models.CaseWhole:
    """Freeze the case's posts once more, as they are now."""
    return _acted(request, response, caller, case_number, None, act.freeze)


@router.post("/cases/{case_number}/close")
def close(
    request: Request, response: Response, caller: Calling, case_number: Id, wanted: models.CaseEnd, if_match: IfMatch = None
) -> models.CaseWhole:
    """Nothing more follows."""
    return _acted(request, response, caller, case_number, if_match, act.close, wanted.note, waived=wanted.waived)


@router.post("/cases/{case_number}/export", response_class=Response, responses={200: {"content": {"application/zip": {}}}})
def export(request: Request, caller: Calling, case_number: Id) -> Response:
    """The case as a ZIP that can be read without Czujka."""
    return Response(act.export(_desk(request, caller), case_number), media_type="application/zip")


@router.post("/cases/{case_number}/break-glass")
def break_glass(request: Request, caller: Calling, case_number: Id, wanted: models.CaseReason) -> models.CaseLook:
    """Look into a case without the right, for a while; who judges cases is told."""
    desk = _desk(request, caller)
    caller.demand(Right.ACT)
    return models.CaseLook(until=sight.break_glass(desk, case_number, wanted.reason))


def _desk(request: Request, caller: Caller) -> Desk:
    """Where the token's person works. Raises NotFound: the token has not the scope."""
    if Right.CASES not in caller.token.scopes:
        raise NotFound("there is nothing here for this token")
    return desk_at(context_of(request), caller.viewer)


def _acted(
    request: Request,
    response: Response,
    caller: Caller,
    number: int,
    if_match: str | None,
    what: Callable[..., Any],
    *how: Any,
    **more: Any,
) -> models.CaseWhole:
    desk = _desk(request, caller)
    found = sight.visible(desk, number)
    caller.demand(Right.ACT)
    same_version(if_match, found.version)
    what(desk, number, *how, **more)
    return _told(response, desk, number)


def _told(response: Response, desk: Desk, number: int) -> models.CaseWhole:
    file = sight.read(desk, number)
    response.headers["ETag"] = f'"{file.case.version}"'
    return models.CaseWhole(
        case=models.CaseRow.model_validate(file.case),
        concerned=file.case.concerned,
        history=[models.CaseStep.model_validate(one) for one in file.entries],
        evidence=[models.CaseEvidence.model_validate(one) for one in file.evidence],
        faults=[models.CaseFault.model_validate(one) for one in act.look_over(desk, file)],
    )
