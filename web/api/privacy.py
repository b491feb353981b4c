"""Consents, the staff and people's rights over the API, for those who govern: who was asked, taking back, erasing, showing all."""

import hashlib
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.encoders import jsonable_encoder
from pydantic import Field

from actions import consents as consents_acts
from actions import privacy as acts
from actions.case_sight import without_cases
from actions.staff import shares
from core.access import Right
from core.consent import FINAL, Consent, ConsentState
from core.errors import NotFound
from core.staff import Asked as What
from web.api.caller import Caller, Calling, Id, IfMatch, context_of, same_version
from web.api.crisis_models import Asked
from web.api.models import Answer, Clean
from web.api.problems import Trouble

router = APIRouter()

ORDER = (ConsentState.INVITED, ConsentState.PROVEN, ConsentState.GRANTED)


class ConsentTold(Answer):
    """How one consent stands. What proves the account, and the text that was agreed to, are the person's own."""

    id: Annotated[int, Field(validation_alias="consent_id")]
    person: str
    platform: str
    account: str
    state: ConsentState
    invited_by: str
    invited_at: datetime
    expires_at: datetime
    proven_at: datetime | None
    decided_at: datetime | None
    notice_version: str
    language: str


class Invitation(Asked):
    """Whom to ask about which account."""

    person: Annotated[Clean, Field(min_length=1, max_length=64)]
    platform: Annotated[Clean, Field(min_length=1, max_length=32)]
    handle: Annotated[Clean, Field(min_length=1, max_length=256)]


class Withdrawn(Answer):
    """It stands no longer; so many posts were erased."""

    consent: ConsentTold
    posts: int


class Somebody(Asked):
    """Who is meant: an author by handle, name, id or key, on one platform or any; `also` is what else leads to them."""

    author: Annotated[Clean, Field(min_length=1, max_length=320)] | None = None
    platform: Annotated[Clean, Field(min_length=1, max_length=32)] | None = None
    also: Annotated[list[Annotated[Clean, Field(min_length=1, max_length=320)]], Field(max_length=20)] = Field(default_factory=list)


class Erase(Somebody):
    """With `dry_run` only told. Without it, If-Match must be the ETag of the dry run: what was shown is what goes."""

    dry_run: bool = True


class Erased(Answer):
    """What went, or would go. `pseudonym` is what stays, null in a dry run; `left` are files that a person must look after."""

    accounts: int
    rows: dict[str, int]
    mails: int
    left: list[str]
    too_short: list[str]
    pseudonym: str | None


class Kept(Answer):
    """All that is kept about somebody: their posts with what was found in them, where others name them, and files."""

    made_at: datetime
    authors: list[dict[str, Any]]
    posts: list[dict[str, Any]]
    named_in: dict[str, list[int]]
    files: list[str]


class StaffShare(Answer):
    """How far the staff are with one thing; `names` by language."""

    what: What
    names: dict[str, str]
    people: int
    done: int
    late: int


@router.get("/consents")
def consents(
    request: Request,
    caller: Calling,
    person: Annotated[Clean | None, Query(max_length=64)] = None,
    state: ConsentState | None = None,
) -> list[ConsentTold]:
    """Whom was asked, and how it stands, the newest first; not why somebody said no, for nobody is asked that."""
    _governing(caller)
    found = context_of(request).store.consents.list(person, (state,) if state is not None else ())
    return [ConsentTold.model_validate(one) for one in found]


@router.post("/consents", status_code=HTTPStatus.CREATED)
def invite(request: Request, caller: Calling, wanted: Invitation) -> ConsentTold:
    """Ask a person of the configuration about one account of theirs."""
    _governing(caller)
    context = context_of(request)
    made = consents_acts.invite(
        context.store, context.settings, wanted.person, wanted.platform, wanted.handle, caller.token.subject, context.clock()
    )
    return ConsentTold.model_validate(made)


@router.get("/consents/{consent_id}")
def consent(request: Request, response: Response, caller: Calling, consent_id: Id) -> ConsentTold:
    """One consent: the token's person's own, or anybody's for those who govern."""
    one = _one(request, caller, consent_id)
    response.headers["ETag"] = f'"{_version(one)}"'
    return ConsentTold.model_validate(one)


@router.post("/consents/{consent_id}/withdraw")
def withdraw(request: Request, response: Response, caller: Calling, consent_id: Id, if_match: IfMatch = None) -> Withdrawn:
    """It is taken back, by the person or for them: nothing more is stored, what was stored is erased. Taken back twice is taken back."""
    context, one = context_of(request), _one(request, caller, consent_id)
    if one.person == caller.token.subject:
        caller.demand(Right.ACT)
    same_version(if_match, _version(one))
    posts = 0
    if one.state is not ConsentState.WITHDRAWN:
        posts = consents_acts.withdraw(context.store, consent_id, caller.token.subject, context.clock())
        one = context.store.consents.get(consent_id)
    response.headers["ETag"] = f'"{_version(one)}"'
    return Withdrawn(consent=ConsentTold.model_validate(one), posts=posts)


@router.post("/privacy/export")
def export(request: Request, caller: Calling, wanted: Somebody) -> Kept:
    """All that is kept about somebody, to be given to them; that it was asked for stands in the audit."""
    _governing(caller)
    context = context_of(request)
    found = acts.export(context.store, context.settings, wanted.author, wanted.platform, wanted.also, caller.token.subject, context.clock())
    found["named_in"] = without_cases(caller.viewer, found["named_in"])
    return Kept.model_validate(jsonable_encoder(found))


@router.post("/privacy/erase")
def erase(request: Request, response: Response, caller: Calling, wanted: Erase, if_match: IfMatch = None) -> Erased:
    """Erase somebody everywhere. First as a dry run; then with its ETag: when something came in between, it is refused and shown anew."""
    _governing(caller)
    would = _erase(request, caller, wanted, dry_run=True)
    tag = f'"{_print_of(would)}"'
    if not wanted.dry_run:
        if if_match is None or if_match.strip() != tag:
            raise Trouble(HTTPStatus.PRECONDITION_FAILED, "look_at_it", "what would go is not what was shown, or was not shown at all")
        return _told(caller, _erase(request, caller, wanted, dry_run=False), dry_run=False)
    response.headers["ETag"] = tag
    return _told(caller, would, dry_run=True)


@router.get("/staff")
def staff(request: Request, caller: Calling) -> list[StaffShare]:
    """How far the staff are with what they must read and complete: counts alone."""
    _governing(caller)
    context = context_of(request)
    return [StaffShare.model_validate(one) for one in shares(context.store, context.settings, context.clock())]


def _governing(caller: Caller) -> None:
    """Raises Trouble(403): what concerns everybody is for those who govern everywhere."""
    if Right.GOVERN not in caller.token.scopes or not caller.viewer.everywhere(Right.GOVERN):
        raise Trouble(HTTPStatus.FORBIDDEN, "scope_missing", "this token may not govern here")


def _one(request: Request, caller: Caller, consent_id: int) -> Consent:
    """Raises NotFound: another's is not shown to be there."""
    one = context_of(request).store.consents.get(consent_id)
    if one.person != caller.token.subject:
        if not caller.viewer.everywhere(Right.GOVERN):
            raise NotFound(f"there is no consent {consent_id}; `GET /consents` shows them")
        _governing(caller)
    return one


def _version(one: Consent) -> int:
    """A consent only goes forward, so how far it is says which version it is."""
    return ORDER.index(one.state) + 1 if one.state not in FINAL else len(ORDER) + 1


def _erase(request: Request, caller: Caller, wanted: Erase, *, dry_run: bool) -> acts.Erasure:
    context = context_of(request)
    return acts.erase(
        context.store,
        context.settings,
        wanted.author,
        wanted.platform,
        wanted.also,
        caller.token.subject,
        context.clock(),
        dry_run=dry_run,
    )


def _print_of(would: acts.Erasure) -> str:
    """What would go, in a short text that changes when anything of it does."""
    said = [sorted((one.key, one.items) for one in would.erased.people), sorted(would.erased.rows.items()), len(would.mails)]
    return hashlib.sha256(repr(said).encode("utf-8", "replace")).hexdigest()[:16]


def _told(caller: Caller, done: acts.Erasure, *, dry_run: bool) -> Erased:
    return Erased(
        accounts=len(done.erased.people),
        rows=without_cases(caller.viewer, done.erased.rows),
        mails=len(done.mails),
        left=[str(one.file) for one in done.left],
        too_short=list(done.erased.too_short),
        pseudonym=None if dry_run else done.erased.pseudonym,
    )
