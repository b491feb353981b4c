""" "May I post this?" over the API, for an intranet's own page. The draft is kept nowhere."""

from http import HTTPStatus

from fastapi import APIRouter, Request

from actions.may_post import may_i_post, starter
from core.errors import Refused
from web.api.caller import Calling, context_of
from web.api.governed import Draft, DraftQuestion, DraftRemark, LookedOver
from web.api.problems import Trouble

router = APIRouter()


@router.post("/may-i-post")
def may_post(request: Request, caller: Calling, draft: Draft) -> LookedOver:  # noqa: ARG001 - whoever calls may ask
    """What the policy says of a draft: findings with clause and advice, and what only its author can answer."""
    context = context_of(request)
    version = context.store.policies.in_force(context.clock())
    clauses = version.clauses if version is not None else starter()
    try:
        _, found = may_i_post(context.judge, clauses, draft.text, draft.account, draft.language, brand=draft.brand)
    except Refused as error:
        raise Trouble(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", str(error)) from error
    remarks = [
        DraftRemark(
            label=one.label,
            severity=one.severity,
            because=context.because(one.detector, draft.language),
            advice=one.advice,
            clause=one.clause.id if one.clause else None,
            start=one.start,
            end=one.end,
        )
        for one in found.remarks
    ]
    questions = [DraftQuestion.model_validate(one) for one in found.questions]
    return LookedOver(verdict=found.verdict.value, remarks=remarks, questions=questions)
