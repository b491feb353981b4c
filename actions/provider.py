"""Signing in at the company's own OpenID provider: authorization code with PKCE, state and nonce; the ID token's signature is checked.

Source: OpenID Connect Core 1.0, 3.1; RFC 7636; RFC 9700. Requests go through our own guarded client.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from itsdangerous import BadData, URLSafeSerializer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from core.errors import HttpError, SignInRefused
from core.http import Http
from core.links import random_token
from core.oidc import Oidc
from core.settings import Settings
from core.types import Json

MAX_AGE = timedelta(minutes=10)
LEEWAY_S = 60
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_SALT = "czujka.oidc.1"


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, and the signed note that it keeps in a cookie until it comes back."""

    address: str
    note: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who came back, where they wanted to go, and what the provider vouches for."""

    person: str
    there: str
    claims: Json


def depart(oidc: Oidc, http: Http, secret: str, back: str, there: str, now: datetime) -> Departure:
    """Begin. `back` is our address to which the provider sends the browser. Raises SignInRefused: the provider does not answer."""
    state, nonce, verifier = random_token(), random_token(), random_token() + random_token()
    asked = {
        "response_type": "code",
        "client_id": oidc.client_id,
        "redirect_uri": back,
        "scope": "openid email profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    address = f"{_described(oidc, http)['authorization_endpoint']}?{urlencode(asked)}"
    note = URLSafeSerializer(secret, salt=_SALT).dumps([state, nonce, verifier, there, int(now.timestamp())])
    return Departure(address, str(note))


def arrive(settings: Settings, http: Http, secret: str, back: str, note: str, state: str, code: str, now: datetime) -> Arrival:
    """End: who is it? Raises SignInRefused: a forged, replayed or old answer, or somebody who is not configured here."""
    oidc = settings.oidc
    try:
        kept, nonce, verifier, there, began = URLSafeSerializer(secret, salt=_SALT).loads(note)
    except (BadData, TypeError, ValueError) as error:
        raise SignInRefused("the sign-in was not begun here", reason="sign_in_failed") from error
    if oidc is None or kept != state or not 0 <= now.timestamp() - began <= MAX_AGE.total_seconds():
        raise SignInRefused("the sign-in was not begun here, or too long ago", reason="sign_in_failed")
    claims = _claims(oidc, http, _token(oidc, http, back, code, verifier), nonce, now)
    return Arrival(_person(settings, oidc, claims), there, claims)


def _described(oidc: Oidc, http: Http) -> Json:
    """What the provider says of itself. Its issuer must be the one configured."""
    answer = _asked(http, f"{str(oidc.issuer).rstrip('/')}/.well-known/openid-configuration")
    if str(answer.get("issuer", "")).rstrip("/") != str(oidc.issuer).rstrip("/"):
        raise SignInRefused(f"the provider calls itself {answer.get('issuer')!r}, not {oidc.issuer}", reason="sign_in_failed")
    return answer


def _token(oidc: Oidc, http: Http, back: str, code: str, verifier: str) -> str:
    said = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    described = _described(oidc, http)
    try:
        answer = http.post(described["token_endpoint"], data=said, auth=(oidc.client_id, oidc.client_secret.reveal()), follow=False)
        token = answer.json().get("id_token") if answer.status == 200 else None
    except HttpError as error:
        raise SignInRefused(f"the provider does not answer: {error.reason}", reason="sign_in_failed") from error
    if not isinstance(token, str):
        raise SignInRefused(f"the provider gave no ID token (it answered {answer.status})", reason="sign_in_failed")
    return token


def _claims(oidc: Oidc, http: Http, token: str, nonce: str, now: datetime) -> Json:
    """What the provider vouches for: signature, issuer, audience, age and nonce are right, or SignInRefused."""
    keys = _asked(http, _described(oidc, http)["jwks_uri"])
    try:
        decoded = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        wanted = {"iss": {"value": str(oidc.issuer).rstrip("/")}, "aud": {"value": oidc.client_id}}
        said = decoded.claims | {"iss": str(decoded.claims.get("iss", "")).rstrip("/")}
        claims = CodeIDToken(said, decoded.header, wanted, {"nonce": nonce, "client_id": oidc.client_id})
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
    except (JoseError, ValueError, KeyError) as error:
        raise SignInRefused(f"the provider's ID token is not valid: {error}", reason="sign_in_failed") from error
    return dict(claims)


def _person(settings: Settings, oidc: Oidc, claims: Json) -> str:
    """The configured person whose id, or e-mail contact, is the claim. An address that is not verified names nobody."""
    value = str(claims.get(oidc.claim, "")).strip().lower()
    if oidc.claim == "email" and claims.get("email_verified") is False:
        value = ""
    named = [one.id for one in settings.person if value and value in {one.id, *(c.removeprefix("email:").lower() for c in one.contacts)}]
    if len(named) != 1:
        raise SignInRefused(f"{value or 'nobody'} is not among the persons of czujka.toml", reason="not_configured")
    return named[0]


def _asked(http: Http, address: str) -> Json:
    try:
        answer = http.get(address, follow=False)
        found = answer.json() if answer.status == 200 else None
    except HttpError as error:
        raise SignInRefused(f"the provider does not answer: {error.reason}", reason="sign_in_failed") from error
    if not isinstance(found, dict):
        raise SignInRefused(f"the provider answered {answer.status}", reason="sign_in_failed")
    return found
