"""A requests session whose every request goes through our client: for SDKs with their own transport.

Errors come out as HttpError, so that an SDK's own retry loop, which waits for requests' exceptions and sleeps, never starts.
"""

import io
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

from core.errors import HttpError

if TYPE_CHECKING:
    from core.http import Http


def guarded_session(http: "Http") -> requests.Session:
    """A session that knows nothing of the environment (no proxies, no .netrc) and follows five redirects at most."""
    from core.http import MAX_REDIRECTS

    session = requests.Session()
    session.trust_env = False
    session.max_redirects = MAX_REDIRECTS
    for prefix in ("https://", "http://"):
        session.mount(prefix, _Adapter(http))
    return session


class _Adapter(BaseAdapter):
    """Sends prepared requests through `Http`. Redirects are the session's: each comes here again and is checked again."""

    def __init__(self, http: "Http") -> None:
        super().__init__()
        self._http = http

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002 - the body is always read whole, under the limits
        timeout: Any = None,
        verify: Any = True,  # noqa: ARG002 - certificates are always checked
        cert: Any = None,  # noqa: ARG002 - we have no client certificates
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002 - a proxy would hide the address from the guard
    ) -> requests.Response:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        if body is not None and not isinstance(body, bytes):
            raise HttpError("only whole bodies can be sent, not streams", reason="garbage")
        asked = request.method or "GET", request.url or ""
        headers = {
            name: _text(value) for name, value in request.headers.items() if name.lower() not in {"content-length", "accept-encoding"}
        }
        limit = timeout if isinstance(timeout, int | float) else None
        answer = self._http.request(*asked, headers=headers, content=body, timeout_s=limit, follow=False)
        response = requests.Response()
        response.status_code = answer.status
        response.reason = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else ""
        response.headers = CaseInsensitiveDict(
            {name: value for name, value in answer.headers.items() if name not in {"content-encoding", "content-length"}}
        )
        response.encoding = get_encoding_from_headers(response.headers)
        response.url, response.request = answer.url, request
        response.raw = io.BytesIO(answer.body)
        return response

    def close(self) -> None:
        """The connections are the client's; nothing of our own."""


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
