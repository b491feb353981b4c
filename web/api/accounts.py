"""The register of accounts over the API: as the page shows it, and the same acts."""

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import APIRouter, Request

from actions import register as acts
from actions.checking import check_again
from core.access import Right
from core.errors import NotFound
from core.register import Account, AccountFault, Stranger
from web.api.caller import Caller, Calling, Id, context_of
from web.api.governed import AccountFault as ToldFault
from web.api.governed import Looked, RegisteredAccount, Settle
from web.api.governed import Stranger as ToldStranger
from web.api.problems import Trouble
from web.context import Context

router = APIRouter()


@router.get("/accounts")
def accounts(request: Request, caller: Calling) -> list[RegisteredAccount]:
    """Every account that may be seen, with what is to be mended."""
    context = context_of(request)
    standing = context.store.account_checks.standing()
    return [_told(one, standing) for one in context.store.register.list() if _may(caller, one)]


@router.post("/accounts/{account_id}/reviewed")
def reviewed(request: Request, caller: Calling, account_id: Id, seen: Looked) -> RegisteredAccount:
    """The token's person looked at an account today; what is null is as the register says."""
    context = context_of(request)
    _visible(context, caller, account_id)
    caller.demand(Right.ACT)
    if not acts.may_review(context.settings, context.store.register.get(account_id), caller.token.subject):
        raise Trouble(HTTPStatus.FORBIDDEN, "scope_missing", "this token's person does not answer for the account")
    access = tuple(seen.access) if seen.access is not None else None
    looked = acts.Looked(two_factor=seen.two_factor, access=access, recovery=seen.recovery)
    acts.review(context.store, context.settings, account_id, looked, caller.token.subject, context.clock())
    check_again(context.store, context.settings, context.clock())
    return _told(context.store.register.get(account_id), context.store.account_checks.standing())


@router.get("/strangers")
def strangers(request: Request, caller: Calling) -> list[ToldStranger]:
    """Who uses the brand, stands in no register and is not settled, the oldest first."""
    met = context_of(request).store.account_checks.strangers()
    return [ToldStranger.model_validate(one) for one in met if _may(caller, one)]


@router.post("/strangers/{stranger_id}/settle")
def settle(request: Request, caller: Calling, stranger_id: Id, said: Settle) -> ToldStranger:
    """It may go on, or was reported to the platform. One of ours is registered instead."""
    context = context_of(request)
    met = context.store.account_checks.stranger(stranger_id)
    if not _may(caller, met):
        raise NotFound(f"there is no stranger {stranger_id}")
    caller.demand(Right.ACT, (met.owner,), met.brand)
    acts.settle(context.store, stranger_id, said.how, said.reason, caller.token.subject, context.clock())
    return ToldStranger.model_validate(context.store.account_checks.stranger(stranger_id))


def _may(caller: Caller, one: Account | Stranger) -> bool:
    return caller.viewer.may(Right.SEE, (one.owner,), one.brand)


def _visible(context: Context, caller: Caller, number: int) -> None:
    if not _may(caller, context.store.register.get(number)):
        raise NotFound(f"there is no account {number}")


def _told(one: Account, standing: Sequence[AccountFault]) -> RegisteredAccount:
    faults = [ToldFault.model_validate(each) for each in standing if each.account == one.number]
    return RegisteredAccount.model_validate(one).model_copy(update={"faults": faults})
