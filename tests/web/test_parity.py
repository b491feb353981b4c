"""Whatever people do on the pages, programs do over the API; what is for people alone stands here with the reason."""

from collections.abc import Mapping

from fastapi.routing import APIRoute

from web.api.app import ROOMS as API_ROOMS
from web.app import ROOMS as PAGE_ROOMS

SAME: Mapping[str, str] = {
    "/inbox/act": "/incidents/{incident_id}/acknowledge",
    "/incidents/{incident_id}/report/share": "/incidents/{incident_id}/report/links",
    "/owners/test": "/me/test-page",
    "/policy/read/trained": "/me/trainings",
    "/policy/read/message": "/me/messages",
    "/policy/draft/comment": "/policy/versions/{number}/comments",
    "/policy/draft/approve": "/policy/versions/{number}/approve",
    "/policy/draft/publish": "/policy/versions/{number}/publish",
    "/on-call/override": "/oncall/overrides",
    "/on-call/override/{number}/end": "/oncall/overrides/{number}/end",
    "/on-call/handover": "/oncall/handover",
    "/accounts/{number}/reviewed": "/accounts/{account_id}/reviewed",
    "/accounts/strangers/{stranger_id}/settle": "/strangers/{stranger_id}/settle",
    "/pictures/seen": "/pictures/{item_id}/seen",
    "/crisis": "/crises",
    "/crisis/{crisis_id}/role": "/crises/{crisis_id}/roles",
    "/conversations/{conversation_id}/reply": "/conversations/{conversation_id}/replies",
    "/conversations/{conversation_id}/react/{kind}": "/conversations/{conversation_id}/like",
    "/rules/accept": "/rulings/accept",
    "/rules/trial": "/rulings",
    "/rules/revoke": "/rulings/revoke",
    "/cases/break-glass": "/cases/{case_number}/break-glass",
    "/consent/{consent_id}/withdraw": "/consents/{consent_id}/withdraw",
}
"""Pages whose act has another address over the API. `/crisis/…` is `/crises/…` there; all others are called alike."""

PEOPLE_ALONE: Mapping[str, str] = {
    "/sign-in": "a browser's session",
    "/sign-in/password": "a browser's session",
    "/sign-out": "a browser's session",
    "/language": "a browser's language",
    "/brand": "how the pages look",
    "/views": "what a person's lists begin with",
    "/views/{view_id}/forget": "what a person's lists begin with",
    "/views/{view_id}/begin": "what a person's lists begin with",
    "/account/password": "a person's password",
    "/account/sign-out-elsewhere": "a person's sessions",
    "/users/{person}/invite": "a link that signs somebody in: no token can make one",
    "/users/{person}/sign-out": "no token can administer",
    "/on-call/feed": "a person's calendar address, shown once",
    "/incidents/{incident_id}/reveal": "personal data are shown to a person who looks, never to a program",
    "/consent/{consent_id}/prove": "an author from outside, who has no account, says it by a post of theirs",
    "/consent/{consent_id}/grant": "the author's own word",
    "/consent/{consent_id}/decline": "the author's own word",
    "/ack/{token}": "the link of a letter",
    "/read/{token}": "the link of a letter",
    "/read/{token}/trained": "the link of a letter",
    "/read/{token}/message": "the link of a letter",
    "/in/{channel}/clicks": "a messenger's clicks",
    "/in/{source}/posts": "programs alone come here",
}


def test_whatever_is_done_on_the_pages_is_done_over_the_api() -> None:
    done, offered = acts_of(PAGE_ROOMS), acts_of(API_ROOMS)
    assert len(done) > 100, "else nothing was compared"
    lacking = {path for path in done - set(PEOPLE_ALONE) if _there(path) not in offered}
    assert lacking == set()


def test_what_is_told_here_is_so() -> None:
    done, offered = acts_of(PAGE_ROOMS), acts_of(API_ROOMS)
    assert (set(SAME) | set(PEOPLE_ALONE)) - done == set(), "pages that are no more"
    assert set(SAME.values()) - offered == set()
    assert set(SAME) & set(PEOPLE_ALONE) == set()
    assert {path for path in PEOPLE_ALONE if path in offered} == set()


def acts_of(rooms: tuple[object, ...]) -> set[str]:
    """The addresses of everything but looking."""
    routes = [route for room in rooms for name in ("router", "probes") for route in getattr(getattr(room, name, None), "routes", ())]
    return {route.path for route in routes if isinstance(route, APIRoute) and route.methods - {"GET", "HEAD"}}


def _there(path: str) -> str:
    return SAME.get(path, path.replace("/crisis/", "/crises/", 1))
