"""An ID token counts only with the right key, issuer, audience, age and nonce; a provider of our own signs every kind of wrong one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from actions import provider
from core.errors import SignInRefused
from core.http import Http
from core.oidc import Oidc
from core.settings import Person
from core.table import Secret
from core.types import Json
from tests.fakes.dairy import dairy
from tests.fakes.sink import Arrived, Reply, Sink, json_reply

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECRET, BACK = "the secret of the tests", "https://czujka.example/sign-in/provider/back"
KEY, OTHER = ECKey.generate_key("P-256", {"kid": "1", "use": "sig"}), ECKey.generate_key("P-256", {"kid": "1"})


class Provider(Sink):
    """Answers as a provider does; `claims` and `key` make its next token."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.key: ECKey | OctKey = KEY
        self.algorithm = "ES256"
        self.changes: Json = {}
        self.nonce = ""

    def _answer(self, arrived: Arrived) -> Reply:
        if arrived.path == "/jwks":
            return json_reply({"keys": [KEY.as_dict(private=False)]})
        if arrived.path == "/token":
            now = int(NOW.timestamp())
            claims = {
                "iss": self.url,
                "aud": "czujka",
                "sub": "1",
                "iat": now,
                "exp": now + 600,
                "nonce": self.nonce,
                "email": "anna@example.com",
            }
            said = {name: value for name, value in (claims | self.changes).items() if value is not None}
            return json_reply({"id_token": jwt.encode({"alg": self.algorithm, "kid": "1"}, said, self.key, algorithms=["ES256", "HS256"])})
        about = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/go",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
        }
        return json_reply(about)


@pytest.fixture
def company() -> Iterator[Provider]:
    with Provider() as running:
        yield running


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http(allow_private=("127.0.0.0/8",))
    yield client
    client.close()


def comes_back(company: Provider, http: Http, tmp_path: Path, *, nonce: str | None = None) -> provider.Arrival:
    (tmp_path / "client").write_text("x", encoding="utf-8")
    oidc = Oidc.model_validate({"issuer": company.url, "client_id": "czujka", "client_secret": Secret(file=str(tmp_path / "client"))})
    settings = dairy(person=(Person(id="anna", contacts=("email:anna@example.com",)),)).model_copy(update={"oidc": oidc})
    leaving = provider.depart(oidc, http, SECRET, BACK, "/incidents", NOW)
    asked = {name: found[0] for name, found in parse_qs(urlsplit(leaving.address).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == BACK
    company.nonce = asked["nonce"] if nonce is None else nonce
    return provider.arrive(settings, http, SECRET, BACK, leaving.note, asked["state"], "code", NOW)


def test_a_right_token_names_its_person(company: Provider, http: Http, tmp_path: Path) -> None:
    come = comes_back(company, http, tmp_path)
    assert (come.person, come.there, come.claims["email"]) == ("anna", "/incidents", "anna@example.com")
    [sent] = [one for one in company.arrived if one.path == "/token"]
    assert "code_verifier" in parse_qs(sent.body.decode())


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["czujka", "another"]},
        {"exp": int((NOW - timedelta(minutes=5)).timestamp())},
        {"iat": int((NOW + timedelta(hours=1)).timestamp())},
        {"exp": None},
        {"sub": None},
        {"nonce": None},
        {"azp": "another"},
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(company: Provider, http: Http, tmp_path: Path, changes: Json) -> None:
    company.changes = changes
    with pytest.raises(SignInRefused) as refused:
        comes_back(company, http, tmp_path)
    assert refused.value.reason == "sign_in_failed"


def test_a_nonce_of_another_sign_in_is_refused(company: Provider, http: Http, tmp_path: Path) -> None:
    with pytest.raises(SignInRefused, match="nonce"):
        comes_back(company, http, tmp_path, nonce="another")


def test_another_key_or_the_client_s_own_secret_signs_nothing(company: Provider, http: Http, tmp_path: Path) -> None:
    company.key = OTHER
    with pytest.raises(SignInRefused, match="not valid"):
        comes_back(company, http, tmp_path)
    company.key, company.algorithm = OctKey.import_key(b"x" * 32), "HS256"
    with pytest.raises(SignInRefused, match="not valid"):
        comes_back(company, http, tmp_path)


@pytest.mark.parametrize("reply", [Reply(status=500), Reply(body=b"not json"), Reply(body=b"[]"), json_reply({}), Reply(how="drop")])
def test_a_broken_provider_is_an_answer_and_no_trace(company: Provider, http: Http, tmp_path: Path, reply: Reply) -> None:
    company.answers(*[reply] * 4)
    with pytest.raises(SignInRefused):
        comes_back(company, http, tmp_path)
