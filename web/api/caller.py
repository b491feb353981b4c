"""Who calls: a token, the person behind it, and what both may. A token never allows more than its person's roles do."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Header, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from actions.tokens import KIND
from core.access import Right, Sight, Viewer, viewer_of
from core.accounts import AccessToken, AuditLine
from core.links import digest
from web.api.problems import Trouble
from web.context import Context
from web.security import UNRECORDED, Limiter

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
IfMatch = Annotated[str | None, Header(description="The ETag that you have seen: the act is refused when it is no longer true.")]

_bearer = HTTPBearer(auto_error=False, description="A token of `czujka tokens add`.")


def context_of(request: Request) -> Context:
    """What the front door handed over."""
    context: Context = request.app.state.context
    return context


@dataclass(frozen=True, slots=True)
class Caller:
    """A token and its person."""

    token: AccessToken
    viewer: Viewer

    @property
    def sight(self) -> Sight | None:
        return self.viewer.sight()

    def demand(self, right: Right, owners: tuple[str, ...] = (), brand: str | None = None) -> None:
        """Raises Trouble(403): the token has not this scope, or its person not this right there."""
        held = self.viewer.may(right, owners, brand) if owners else self.viewer.has(right)
        if right not in self.token.scopes or not held:
            raise Trouble(HTTPStatus.FORBIDDEN, "scope_missing", f"this token may not {right} here")


def calling(request: Request, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
    """Raises Trouble: no valid token (401), too many calls (429), or no right to see anything (403)."""
    context, now = context_of(request), context_of(request).clock()
    token = context.store.tokens.find(digest(shown.credentials), KIND, now) if shown is not None else None
    if token is None:
        raise Trouble(HTTPStatus.UNAUTHORIZED, "unauthorized", "a valid token was expected", WWW_Authenticate="Bearer")
    limiter: Limiter = request.app.state.calls
    if not limiter.take(str(token.token_id), now):
        raise Trouble(HTTPStatus.TOO_MANY_REQUESTS, "too_many", "too many calls with this token", Retry_After="60")
    caller = Caller(token, viewer_of(token.subject, context.settings))
    caller.demand(Right.SEE)
    if request.method != "GET" and request.scope["route"].path not in UNRECORDED:
        line = AuditLine(at=now, actor=token.subject, act=f"{request.method} {request.scope['route'].path}", subject=request.url.path)
        context.store.accounts.write_down(line)
    return caller


Calling = Annotated[Caller, Depends(calling)]


def same_version(if_match: str | None, version: int, *, exact: bool = False) -> None:
    """Raises Trouble(412) when the caller has seen another version; `exact`: "whichever" (*) is no answer either."""
    if if_match is not None and if_match.strip() not in {f'"{version}"', f'"{version}"' if exact else "*"}:
        raise Trouble(HTTPStatus.PRECONDITION_FAILED, "version_changed", f"it is at version {version} by now")
