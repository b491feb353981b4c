"""Consent of staff: asked for, proven, given or refused, taken back. Only the person decides; nobody agrees for another."""

import hashlib
from datetime import datetime
from urllib.parse import unquote, urlsplit

from core.consent import INVITED_FOR, Consent, ConsentState, account_name, proof_code
from core.errors import Conflict, NotFound, Refused
from core.http import Http
from core.settings import Settings
from core.types import Scope
from governance.record import paper_of_invitation
from storage import Store

HOSTS = {"bluesky": ("bsky.app",), "reddit": ("reddit.com", "old.reddit.com"), "x": ("x.com", "twitter.com")}


def notice(settings: Settings, one: Consent, language: str) -> tuple[str, str]:
    """The text that the person sees before they decide, and its version: another text has another version."""
    text = paper_of_invitation(settings, one, language)
    return text, hashlib.sha256(text.encode()).hexdigest()[:12]


def invite(store: Store, settings: Settings, person: str, platform: str, handle: str, actor: str, now: datetime) -> Consent:
    """Ask a person about one account of theirs. Raises Refused: no such person, or no handle; Conflict: it stands already."""
    account = account_name(handle)
    if person not in {one.id for one in settings.person}:
        raise Refused(f"there is no person {person!r} in the configuration")
    if not account or not platform.strip():
        raise Refused("a platform and a handle such as mastodon @anna were expected")
    made = Consent(
        person=person,
        platform=platform.strip().lower(),
        account=account,
        state=ConsentState.INVITED,
        code=proof_code(),
        invited_by=actor,
        invited_at=now,
        expires_at=now + INVITED_FOR,
    )
    return store.consents.get(store.consents.invite(made))


def prove(store: Store, http: Http, consent_id: int, address: str, person: str, now: datetime) -> None:
    """The person shows the code on a public page of the account: its profile, or a post. The address must name the account.

    Raises NotFound; Refused: the address is of something else, or the page does not show the code; CollectError: it cannot be read.
    """
    one = mine(store, consent_id, person)
    _names(one, address.strip())
    answer = http.get(address.strip())
    _names(one, answer.url)
    if one.code.encode() not in answer.body:
        raise Refused(f"the page does not show {one.code}; put it into the profile or a post, wait a moment, and try again")
    store.consents.prove(consent_id, person, "page", now)


def _names(one: Consent, address: str) -> None:
    """Is this a page of that account on that platform, and not a page of whoever asks? Raises Refused."""
    said = urlsplit(address)
    name, _, server = one.account.partition("@")
    hosts = (server,) if server else HOSTS.get(one.platform, ())
    if not hosts:
        raise Refused(f"pages of {one.platform} cannot be read from here; let somebody confirm that they saw {one.code} there")
    host = (said.hostname or "").removeprefix("www.")
    if host not in hosts or name not in {account_name(part) for part in unquote(said.path).split("/")}:
        raise Refused(f"that is no page of {name} on {hosts[0]}; give the account's own page, or one of its posts")


def attest(store: Store, consent_id: int, actor: str, now: datetime) -> None:
    """Somebody else saw the code on the account, where a page cannot be read from here. Raises NotFound, Refused: it is their own."""
    one = store.consents.get(consent_id)
    if actor.removeprefix("cli:") == one.person:
        raise Refused("whoever confirms the code must be another person")
    store.consents.prove(consent_id, actor, "seen", now)


def grant(store: Store, settings: Settings, consent_id: int, version: str, language: str, person: str, now: datetime) -> None:
    """The person agrees to the notice that they saw.

    Raises NotFound: it is not theirs; Conflict: the notice says something else by now; Refused: decided before, over, or unproven.
    """
    text, present = notice(settings, mine(store, consent_id, person), language)
    if version != present:
        raise Conflict("the notice was changed since it was shown; read it again", reason="notice_changed")
    store.consents.grant(consent_id, (present, language, text), now)


def decline(store: Store, consent_id: int, person: str, now: datetime) -> None:
    """The person says no; nothing follows from it. Raises NotFound, Refused."""
    mine(store, consent_id, person)
    store.consents.decline(consent_id, now)


def withdraw(store: Store, consent_id: int, actor: str, now: datetime) -> int:
    """Nothing of the account is stored from now on, and what was stored is erased; answers how many posts. Raises NotFound, Refused."""
    one = store.consents.withdraw(consent_id, actor, now)
    gone = store.erasing.erase_account(one.platform, one.account, Scope.EMPLOYEE, now)
    store.erasing.settle()
    return gone


def mine(store: Store, consent_id: int, person: str) -> Consent:
    """The person's own. Raises NotFound: another's is not shown to be there."""
    one = store.consents.get(consent_id)
    if one.person != person:
        raise NotFound(f"there is no consent {consent_id} of {person}")
    return one
