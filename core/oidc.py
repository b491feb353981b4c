"""The company's own sign-in as it is configured, and what its claims say of people."""

from pydantic import HttpUrl

from core.table import SecretRef, Table


class OidcPeople(Table):
    """Which claims keep the people register: whoever signs in is written there with their `name`, `email` and `language` and, where a
    claim is named, `department`, `role` and `manager` (an id or an e-mail address of somebody in the register). A claim that is not sent
    changes nothing.
    """

    name: str = "name"
    email: str = "email"
    language: str = "locale"
    department: str = ""
    role: str = ""
    manager: str = ""


class Oidc(Table):
    """The company's own sign-in, by OpenID Connect; its redirect address is `<[web] url>/sign-in/provider/back`.

    `claim` names the person: their id, or an e-mail contact of theirs. Only persons of this file may come in. With `people` the claims
    keep the people register.
    """

    issuer: HttpUrl
    client_id: str
    client_secret: SecretRef
    name: str = ""
    claim: str = "email"
    people: OidcPeople | None = None
