"""The company's own sign-in as it is configured."""

from pydantic import HttpUrl

from core.table import SecretRef, Table


class Oidc(Table):
    """The company's own sign-in, by OpenID Connect; its redirect address is `<[web] url>/sign-in/provider/back`.

    `claim` names the person: their id, or an e-mail contact of theirs. Only persons of this file may come in.
    """

    issuer: HttpUrl
    client_id: str
    client_secret: SecretRef
    name: str = ""
    claim: str = "email"
