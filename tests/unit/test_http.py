"""The HTTP client against real servers: what it bounds, whom it refuses, what it never tells."""

import gzip
import json
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
import trustme
from hypothesis import given
from hypothesis import strategies as st

from core.address import Guard
from core.errors import HttpError
from core.http import USER_AGENT, Answer, Http, redact, retry_at
from tests.fakes.measured import counted
from tests.fakes.server import Reply, Request, Server, bomb

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
SECRET = "hunter2-very-secret"


def echo(request: Request) -> Reply:
    """What was asked, as JSON."""
    said = {
        "method": request.method,
        "path": request.path,
        "query": request.pairs,
        "headers": dict(request.headers),
        "body": request.body.decode(),
    }
    return Reply(200, json.dumps(said).encode(), {"Content-Type": "application/json"})


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(echo) as running:
        yield running


@pytest.fixture
def other() -> Iterator[Server]:
    with Server(echo) as running:
        yield running


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http(allow_private=("127.0.0.0/8",), timeout_s=10.0, max_bytes=200_000)
    yield client
    client.close()


def refusal(ask: Callable[[], object]) -> HttpError:
    with pytest.raises(HttpError) as caught:
        ask()
    return caught.value


# ---- asking


def test_what_is_sent(server: Server, http: Http) -> None:
    said = http.get(f"{server.url}/a/b", params={"q": "ąć &", "none": None, "ids": ["1", "2"]}, headers={"X-One": "1"}).json()
    assert (said["method"], said["path"]) == ("GET", "/a/b")
    assert said["query"] == [["q", "ąć &"], ["ids", "1"], ["ids", "2"]]
    assert said["headers"]["user-agent"] == USER_AGENT == "Czujka/0.1.0"
    assert said["headers"]["x-one"] == "1"


def test_every_request_is_counted_by_what_came_of_it(server: Server, http: Http) -> None:
    outcomes = ("2xx", "error")
    before = [counted("czujka_http_requests_total", method="POST", status=status) for status in outcomes]
    http.post(f"{server.url}/a", json={})
    with pytest.raises(HttpError):
        http.post("http://127.0.0.1:9/", json={})
    after = [counted("czujka_http_requests_total", method="POST", status=status) for status in outcomes]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1]


def test_the_version_is_that_of_the_project() -> None:
    assert f'version = "{USER_AGENT.removeprefix("Czujka/")}"' in (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")


def test_bodies_and_credentials(server: Server, http: Http) -> None:
    assert json.loads(http.post(server.url, json={"a": "ż"}).json()["body"]) == {"a": "ż"}
    assert http.post(server.url, data={"a": "1 2"}).json()["body"] == "a=1+2"
    assert http.post(server.url, content=b"raw").json()["body"] == "raw"
    assert http.get(server.url, auth=("us", "pass")).json()["headers"]["authorization"] == "Basic dXM6cGFzcw=="
    assert http.get(server.url, bearer="t").json()["headers"]["authorization"] == "Bearer t"


@pytest.mark.parametrize("status", [200, 204, 304, 400, 404, 429, 500, 503])
def test_a_status_is_an_answer_not_an_error(server: Server, http: Http, status: int) -> None:
    server.overrule(Reply(status, b"" if status in {204, 304} else b"body", {"X-Thing": "1"}))
    answer = http.get(server.url)
    assert (answer.status, answer.headers["x-thing"], answer.headers["X-THING"]) == (status, "1", "1")


def test_nothing_is_kept_between_requests(server: Server, http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    server.overrule(Reply(200, b"{}", {"Set-Cookie": "session=1; Path=/"}))
    http.get(server.url, bearer=SECRET)
    server.obey()
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    headers = http.get(server.url).json()["headers"]
    assert "cookie" not in headers
    assert "authorization" not in headers


@pytest.mark.parametrize("body", [b"", b"{", b"NaN", b'{"a": Infinity}', b"\xff", b"[" * 200_000])
def test_what_is_not_json_is_garbage(body: bytes) -> None:
    assert refusal(Answer(200, {}, body, "https://example.com/").json).reason == "garbage"


def test_json_holds_nothing_that_a_database_refuses() -> None:
    body = rb'{"a\u0000": ["x\u0000y", "\ud83d", "\ud83d\ude00"]}'
    assert Answer(200, {}, body, "https://example.com/").json() == {"a�": ["x�y", "�", "😀"]}


def test_text_in_its_character_set() -> None:
    assert Answer(200, {"content-type": "text/html; charset=iso-8859-2"}, "żółw".encode("iso-8859-2"), "").text() == "żółw"
    assert Answer(200, {"content-type": "text/html; charset=nonsense"}, "żółw".encode(), "").text() == "żółw"


# ---- bounds


@pytest.mark.parametrize("manner", ["hang", "drip", "drip_headers"])
def test_a_slow_answer_ends_at_the_deadline(server: Server, http: Http, manner: str) -> None:
    server.overrule(Reply(manner=manner))  # type: ignore[arg-type]
    late = refusal(lambda: http.get(server.url, timeout_s=0.3))
    assert (late.reason, late.went_out) == ("timeout", True)
    assert refusal(lambda: http.session().get(server.url, timeout=0.3)).reason == "timeout"


def test_where_nobody_listens_nothing_has_gone_out(http: Http) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        error = refusal(lambda: http.post(f"http://127.0.0.1:{closed.getsockname()[1]}/", json={}))
    assert (error.reason, error.went_out) == ("connect", False)


def test_the_deadline_holds_over_all_redirects(server: Server, http: Http) -> None:
    server.overrule(Reply(302, headers={"Location": "/b"}), Reply(manner="drip"))
    assert refusal(lambda: http.get(server.url, timeout_s=0.4)).reason == "timeout"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(manner="endless"),
        bomb(),
        Reply(200, gzip.compress(gzip.compress(bytes(50_000_000))), {"Content-Encoding": "gzip, gzip"}),
        Reply(200, zlib.compress(bytes(50_000_000)), {"Content-Encoding": "deflate"}),
        Reply(200, gzip.compress(bytes(150_000)) * 2, {"Content-Encoding": "gzip"}),
        Reply(200, bytes(200_001)),
    ],
    ids=["endless", "gzip", "gzip twice", "deflate", "two members", "one byte too many"],
)
def test_a_body_that_is_too_large_is_refused(server: Server, http: Http, reply: Reply) -> None:
    server.overrule(reply)
    assert refusal(lambda: http.get(server.url)).reason == "too_large"
    assert refusal(lambda: http.session().get(server.url)).reason == "too_large"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip, gzip", "gzip"])
def test_an_encoding_that_was_not_asked_for_or_is_broken_is_garbage(server: Server, http: Http, encoding: str) -> None:
    server.overrule(Reply(200, gzip.compress(b"x" * 5000)[:20], {"Content-Encoding": encoding}))
    assert refusal(lambda: http.get(server.url)).reason == "garbage"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"hello ", mtime=0) + gzip.compress(b"world", mtime=0) + b"\0\0"),
        ("x-gzip", gzip.compress(b"hello world", mtime=0)),
        ("deflate", zlib.compress(b"hello world")),
        ("deflate", zlib.compress(b"hello world")[2:-4]),
        ("deflate, gzip", gzip.compress(zlib.compress(b"hello world"), mtime=0)),
        ("identity", b"hello world"),
    ],
)
def test_compressed_bodies_are_opened(server: Server, http: Http, encoding: str, body: bytes) -> None:
    server.overrule(Reply(200, body, {"Content-Encoding": encoding}))
    assert http.get(server.url).body == b"hello world"
    assert http.session().get(server.url).text == "hello world"


@pytest.mark.parametrize(("manner", "reason"), [("truncated", "garbage"), ("garbage", "garbage"), ("slam", "connect")])
def test_a_broken_answer_has_a_name(server: Server, http: Http, manner: str, reason: str) -> None:
    server.overrule(Reply(200, b"half" if manner == "truncated" else b"", manner=manner))  # type: ignore[arg-type]
    assert refusal(lambda: http.get(server.url)).reason == reason


def test_a_read_that_broke_before_any_answer_is_tried_once_more_and_a_write_never(server: Server, http: Http) -> None:
    server.overrule(Reply(manner="slam"), Reply(200, b"second"))
    assert http.get(server.url).body == b"second"
    server.overrule(Reply(manner="slam"), Reply(200, b"second"))
    assert refusal(lambda: http.post(server.url, content=b"pay")).reason == "connect"


def test_threads_do_not_share_deadlines(server: Server, other: Server, http: Http) -> None:
    other.overrule(Reply(manner="hang"))
    gate = threading.Barrier(8)

    def one(number: int) -> str:
        gate.wait()
        try:
            return str(http.get(other.url if number % 2 else server.url, timeout_s=0.4 if number % 2 else 30.0).status)
        except HttpError as error:
            return error.reason

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(8))) == ["200", "timeout"] * 4


# ---- redirects


def test_five_redirects_are_followed_and_no_more(server: Server, http: Http) -> None:
    hops = [Reply(302, headers={"Location": f"/{n}"}) for n in range(5)]
    server.overrule(*hops, Reply(200, b"there"))
    assert http.get(server.url).url == f"{server.url}/4"
    server.overrule(*hops, Reply(302, headers={"Location": "/5"}), Reply(200, b"there"))
    assert refusal(lambda: http.get(server.url)).reason == "redirect"
    server.overrule(Reply(302, headers={"Location": "/x"}))
    assert http.get(server.url, follow=False).status == 302


def test_credentials_stay_with_their_origin(server: Server, other: Server, http: Http) -> None:
    secret = {"X-Api-Key": SECRET, "Cookie": SECRET, "X-Other": "kept"}
    server.overrule(Reply(302, headers={"Location": f"{other.url}/there"}))
    away = http.get(server.url, bearer=SECRET, headers=secret).json()
    assert SECRET not in json.dumps(away)
    assert away["headers"]["x-other"] == "kept"
    server.overrule(Reply(302, headers={"Location": "/there"}), echo(server.requests[0]))
    http.get(server.url, bearer=SECRET)
    assert server.requests[-1].headers["authorization"] == f"Bearer {SECRET}"
    server.overrule(Reply(302, headers={"Location": f"{other.url}/there"}))
    assert SECRET not in http.session().get(server.url, headers={"Authorization": SECRET}).text


def test_what_is_sent_is_not_sent_on_to_another_host(server: Server, other: Server, http: Http) -> None:
    server.overrule(Reply(307, headers={"Location": other.url}))
    assert refusal(lambda: http.post(server.url, content=b"password")).reason == "redirect"
    assert other.requests == []


@pytest.mark.parametrize(("status", "method", "body"), [(302, "GET", ""), (303, "GET", ""), (307, "POST", "x"), (308, "POST", "x")])
def test_the_method_after_a_redirect(server: Server, http: Http, status: int, method: str, body: str) -> None:
    server.answer = lambda request: echo(request) if request.path == "/b" else Reply(status, headers={"Location": "/b"})
    said = http.post(f"{server.url}/a", content=b"x").json()
    assert (said["method"], said["body"]) == (method, body)


@pytest.mark.parametrize(("statuses", "moved"), [((301, 308), True), ((301, 302), False), ((), False)])
def test_a_move_for_good_is_told(server: Server, http: Http, statuses: tuple[int, ...], moved: bool) -> None:
    server.overrule(*(Reply(status, headers={"Location": f"/{status}"}) for status in statuses), Reply(200, b"there"))
    answer = http.get(server.url)
    assert answer.moved_to == (answer.url if moved else None)


# ---- whom it refuses


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "240.0.0.1",
    "192.0.2.1",
    "168.63.129.16",
    "[::1]",
    "[::]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::a00:1]",
    "[2002:7f00:1::]",
    "[2001:db8::1]",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "localhost",
]


@pytest.mark.parametrize("host", PRIVATE)
def test_what_is_not_public_is_refused(host: str) -> None:
    http = Http()
    assert refusal(lambda: http.get(f"http://{host}:9/")).reason == "refused_address"
    assert refusal(lambda: http.session().get(f"http://{host}:9/")).reason == "refused_address"


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]"])
def test_a_redirect_leads_to_no_private_address(server: Server, http: Http, host: str) -> None:
    server.overrule(Reply(302, headers={"Location": f"http://{host}/"}))
    assert refusal(lambda: http.get(server.url)).reason == "refused_address"
    assert refusal(lambda: http.session().get(server.url)).reason == "refused_address"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.com/", "gopher://example.com", "example.com", "http://", "", "//x"])
def test_only_http_addresses_are_asked(http: Http, url: str) -> None:
    assert refusal(lambda: http.get(url)).reason == "refused_address"


def test_public_and_allowed_addresses_are_let_through() -> None:
    guard = Guard.of(["10.1.0.0/16", "::1/128"])
    assert guard.resolve("10.1.2.3", 80) == ["10.1.2.3"]
    assert guard.resolve("::ffff:10.1.2.3", 80) == ["::ffff:10.1.2.3"]
    assert guard.resolve("::1", 80) == ["::1"]
    assert guard.resolve("93.184.216.34", 80) == ["93.184.216.34"]
    assert refusal(lambda: guard.resolve("10.2.0.1", 80)).reason == "refused_address"


def _names(monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[str]]) -> list[str]:
    """Names resolve to these addresses in turn, the last for ever. Gives the names asked for."""
    real, asked = socket.getaddrinfo, list[str]()

    def resolve(host: str, port: int, *rest: object, **named: object) -> object:
        if host not in answers:
            return real(host, port, *rest, **named)  # type: ignore[arg-type]
        asked.append(host)
        address = answers[host][min(asked.count(host), len(answers[host])) - 1]
        return real(address, port, type=socket.SOCK_STREAM)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_a_name_is_resolved_once_and_that_address_is_used(server: Server, http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _names(monkeypatch, {"feeds.example": ["127.0.0.1", "10.0.0.1"]})
    said = http.get(f"http://feeds.example:{server.port}/x").json()
    assert asked == ["feeds.example"]
    assert said["headers"]["host"] == f"feeds.example:{server.port}"


def test_a_name_that_leads_inside_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    _names(monkeypatch, {"inside.example": ["127.0.0.1"]})
    error = refusal(lambda: Http().get(f"http://inside.example:{server.port}/"))
    assert error.reason == "refused_address"
    assert "allow_private" in str(error)
    assert server.requests == []


def test_an_unknown_name_cannot_be_reached(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> object:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert refusal(lambda: http.get("http://nosuch.example/")).reason == "connect"


def test_a_name_server_that_does_not_answer_is_waited_for_until_the_deadline(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait() and [])
    assert refusal(lambda: http.get("http://slow.example/", timeout_s=0.3)).reason == "timeout"
    over.set()


def test_certificates_are_checked_against_the_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = trustme.CA()
    (tmp_path / "ca.pem").write_bytes(authority.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("right.example").configure_cert(context)
    _names(monkeypatch, {"right.example": ["127.0.0.1"], "wrong.example": ["127.0.0.1"]})
    with Server(echo, tls=context) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        trusting = Http(allow_private=("127.0.0.1",))
        assert trusting.get(f"https://right.example:{server.port}/").json()["headers"]["host"] == f"right.example:{server.port}"
        assert refusal(lambda: trusting.get(f"https://wrong.example:{server.port}/")).reason == "tls"
        monkeypatch.delenv("SSL_CERT_FILE")
        assert refusal(lambda: Http(allow_private=("127.0.0.1",)).get(f"https://right.example:{server.port}/")).reason == "tls"
        trusting.close()


# ---- what it never tells


@pytest.mark.parametrize("token", [f"{SECRET}\nX-Evil: 1", f"{SECRET}ż", f"{SECRET}\0"])
def test_a_token_that_cannot_be_sent_is_not_told(server: Server, http: Http, token: str) -> None:
    error = refusal(lambda: http.get(server.url, bearer=token))
    assert SECRET not in f"{error!r} {error}"
    assert server.requests == []


@pytest.mark.parametrize(
    "url",
    [
        f"http://user:{SECRET}@127.0.0.1:1/feed",
        f"http://127.0.0.1:1/feed?access_token={SECRET}&a=1",
        f"http://127.0.0.1:1/feed?key={SECRET}",
        f"http://127.0.0.1:1/hook/T0{SECRET}AAAA1111",
    ],
)
def test_secrets_in_addresses_are_not_told(http: Http, url: str) -> None:
    error = refusal(lambda: http.get(url))
    assert error.reason == "connect"
    assert SECRET not in str(error)
    assert "127.0.0.1:1/" in str(error)


@given(st.sampled_from(["access_token", "api_key", "client_secret", "password", "sig", "X-Amz-Signature", "auth"]), st.text(min_size=8))
def test_no_secret_parameter_is_shown(name: str, value: str) -> None:
    import httpx

    shown = redact(str(httpx.URL("https://example.com/a", params={name: f"§{value}", "page": "2"})))
    assert shown == f"https://example.com/a?{name}=***&page=2"


# ---- sessions for SDKs


def test_a_session_is_the_same_client(server: Server, http: Http) -> None:
    session = http.session()
    said = session.post(f"{server.url}/x", params={"a": "1"}, data={"b": "2"}, headers={"Authorization": "Bearer t"}).json()
    assert (said["method"], said["query"], said["body"], said["headers"]["authorization"]) == ("POST", [["a", "1"]], "b=2", "Bearer t")
    assert isinstance(session, requests.Session)
    server.overrule(Reply(429, b'{"e": 1}', {"Retry-After": "30", "Content-Type": "application/json"}))
    answer = session.get(server.url)
    assert (answer.status_code, answer.headers["retry-after"], answer.json(), answer.reason) == (429, "30", {"e": 1}, "Too Many Requests")


# ---- when to come back


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", NOW + timedelta(seconds=120)),
        ("0", NOW),
        ("1.5", NOW + timedelta(seconds=1.5)),
        ("Tue, 10 Mar 2026 12:10:00 GMT", NOW + timedelta(minutes=10)),
        ("Tue, 10 Mar 2026 13:10:00 +0100", NOW + timedelta(minutes=10)),
        ("Tue, 10 Mar 2026 11:00:00 GMT", NOW),
        ("999999999", NOW + timedelta(days=7)),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("²", None),
        ("Tue, 99 Mar 2026 12:10:00 GMT", None),
    ],
)
def test_retry_after(value: str, expected: datetime | None) -> None:
    assert retry_at({"retry-after": value}, NOW) == expected
