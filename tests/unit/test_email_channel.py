"""Mail beyond what all channels promise: certificates, logins, bad lines, threads, Polish headers, and mails as files."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from pydantic import ValidationError

from alerts.channels import email
from core.errors import DeliveryError
from core.http import Http
from core.settings import Company
from core.settings import Settings as CompanySettings
from core.types import Contact, Receipt
from reports.digest import build_mail
from tests.fakes.messages import NOW, hostile_message, message
from tests.fakes.smtp import MailServer, RawServer, drip, say
from tests.fakes.weeks import busy_week

ANNA = Contact(kind="email", address="anna@polna.example", channel="mail", person="anna", language="pl")


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http()
    yield client
    client.close()


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


def settings(**given: object) -> email.Settings:
    return email.Settings.model_validate({"id": "mail", "sender": "Czujka Polna <czujka@polna.example>", **given})


def plain(server: MailServer, **given: object) -> email.Settings:
    return settings(server=server.address, tls="none", **given)


def fails(http: Http, made: email.Settings, contact: Contact = ANNA) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        email.send(message(), made, contact, http)
    return caught.value


def test_headers_thread_and_tell_machines_what_this_is(http: Http, server: MailServer) -> None:
    email.send(message(), plain(server), ANNA, http)
    email.send(message(dedup_key="another"), plain(server), ANNA, http)

    first, second = (mail.message for mail in server.mails)
    assert first["Subject"] == message().line
    assert first["From"] == "Czujka Polna <czujka@polna.example>"
    assert first["To"] == "anna@polna.example"
    assert first["Date"] == "Fri, 20 Nov 2026 02:14:30 +0100"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Importance"] == "high"
    assert first["References"] == second["References"] == "<incident-12@polna.example>"
    assert first["Message-ID"] != second["Message-ID"]
    assert not [name for name in first if name.lower().startswith("list-")]
    assert first.get_content_type() == "multipart/alternative"
    assert b"\n" not in server.mails[0].content.replace(b"\r\n", b"")
    assert max(len(line) for line in server.mails[0].content.split(b"\r\n")) <= 998
    assert server.mails[0].content.isascii()


def test_nothing_from_outside_becomes_a_header_or_a_recipient(http: Http, server: MailServer) -> None:
    email.send(hostile_message(), plain(server), ANNA, http)

    [mail] = server.mails
    assert mail.recipients == ("anna@polna.example",)
    assert set(mail.message.keys()) == {
        "Subject", "From", "To", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "X-Auto-Response-Suppress",
        "Importance", "Content-Language", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert "\n" not in mail.message["Subject"]


def test_starttls_carries_the_mail_and_the_login(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "zielone-mleko")
    with MailServer("starttls", ("czujka", "zielone-mleko")) as server:
        email.send(
            message(),
            settings(server=server.address, ca_file=server.ca_file, username="czujka", password={"env": "MAIL_PASSWORD"}),
            ANNA,
            http,
        )
        assert [(mail.secure, mail.login) for mail in server.mails] == [(True, "czujka")]


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_from_nobody_is_not_trusted(http: Http, tls: str) -> None:
    with MailServer(tls) as server:
        error = fails(http, settings(server=server.address, tls=tls))
        assert (error.permanent, error.reason) == (True, "tls")
        assert server.mails == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_for_another_name_is_not_trusted(http: Http, tls: str) -> None:
    with MailServer(tls) as server:
        error = fails(http, settings(server=f"127.0.0.1:{server.port}", tls=tls, ca_file=server.ca_file))
        assert (error.permanent, error.reason) == (True, "tls")
        assert server.mails == []


def test_a_ca_file_that_is_not_there(http: Http, server: MailServer) -> None:
    error = fails(http, settings(server=server.address, ca_file="/nonexistent/ca.pem"))
    assert (error.permanent, error.reason) == (True, "tls")
    assert "/nonexistent/ca.pem" in str(error)


def test_a_server_without_starttls_gets_nothing(http: Http, server: MailServer) -> None:
    error = fails(http, settings(server=server.address))
    assert (error.permanent, error.reason) == (True, "not_offered")
    assert server.tried == []


def test_a_wrong_password_is_permanent_and_not_shown(http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "nie-to-haslo")
    with MailServer("starttls", ("czujka", "zielone-mleko")) as server:
        login = {"username": "czujka", "password": {"env": "MAIL_PASSWORD"}}
        error = fails(http, settings(server=server.address, ca_file=server.ca_file, **login))
    assert (error.permanent, error.reason) == (True, "unauthorized")
    assert "nie-to-haslo" not in str(error)


def test_a_server_that_echoes_the_login_does_not_make_us_tell_it(http: Http, tmp_path: Path) -> None:
    (tmp_path / "p").write_text("zielone-mleko", encoding="utf-8")
    script = b"220 hi\r\n250-hi\r\n250 AUTH PLAIN\r\n535 5.7.8 wrong: czujka zielone-mleko AGN6dWprYQB6aWVsb25lLW1sZWtv\r\n"
    with RawServer(say(script)) as server:
        made = settings(server=f"127.0.0.1:{server.port}", tls="none", username="czujka", password={"file": str(tmp_path / "p")})
        error = fails(http, made)
    assert error.reason == "unauthorized"
    assert "zielone-mleko" not in str(error)
    assert "AGN6dWprYQB6aWVsb25lLW1sZWtv" not in str(error)


def test_a_server_that_wants_a_login_and_gets_none(http: Http) -> None:
    with MailServer("none", ("czujka", "x")) as server:
        error = fails(http, plain(server))
    assert (error.permanent, error.reason) == (True, "unauthorized")


def test_a_finished_mail_goes_the_same_way(http: Http, server: MailServer, tmp_path: Path) -> None:
    written = build_mail(busy_week(), CompanySettings(company=Company(name="Polna")), "anna@polna.example", "pl")
    receipt = email.post(written, plain(server), NOW, "digest:2026-W46:anna")
    email.post(written, settings(folder=tmp_path), NOW, "digest:2026-W46:anna")

    [mail], [file] = server.mails, tmp_path.iterdir()
    assert mail.message["Message-ID"] == receipt.remote_id
    assert [part.get_content_type() for part in mail.message.walk()].count("image/png") == 1
    assert b"image/png" in file.read_bytes()


def test_greylisting_passes(http: Http, server: MailServer) -> None:
    server.mode = "greylist"
    error = fails(http, plain(server))
    assert (error.permanent, error.reason) == (False, "refused_for_now")
    assert email.send(message(), plain(server), ANNA, http).remote_id
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    ("mode", "permanent", "reason"),
    [
        ("refuse", True, "bad_address"),
        ("refuse_spam", True, "rejected"),
        ("busy", False, "refused_for_now"),
        ("drop_in_data", False, "dropped"),
    ],
)
def test_what_the_server_says_has_a_name(http: Http, server: MailServer, mode: str, permanent: bool, reason: str) -> None:
    server.mode = mode
    error = fails(http, plain(server))
    assert (error.permanent, error.reason) == (permanent, reason)
    assert error.may_have_arrived == (mode == "drop_in_data"), "a server that says no has not taken it"
    assert server.mails == []


def test_a_line_that_drops_after_the_mail_was_taken_doubles_it_recognisably(http: Http, server: MailServer) -> None:
    server.mode = "drop_after_data"
    error = fails(http, plain(server))
    assert (error.permanent, error.may_have_arrived) == (False, True)
    server.mode = "accept"
    email.send(message(), plain(server), ANNA, http)
    assert len({mail.message["Message-ID"] for mail in server.mails}) == 1
    assert len(server.mails) == 2


@pytest.mark.timeout(20)
@pytest.mark.parametrize("line", [b"2", b"220-", b"250-x\r\n"])
def test_a_server_that_drips_is_cut_off(http: Http, line: bytes) -> None:
    with RawServer(drip(line)) as server:
        error = fails(http, settings(server=f"127.0.0.1:{server.port}", tls="none", timeout="1s"))
    assert (error.permanent, error.reason) == (False, "timeout")


def test_a_server_that_speaks_something_else(http: Http) -> None:
    with RawServer(say(b"SSH-2.0-OpenSSH_9.2\r\n")) as server:
        error = fails(http, settings(server=f"127.0.0.1:{server.port}", tls="none"))
    assert (error.permanent, error.reason) == (False, "garbage")


def test_tls_with_a_server_that_has_none(http: Http) -> None:
    with RawServer(say(b"220 plain text here\r\n")) as server:
        error = fails(http, settings(server=f"127.0.0.1:{server.port}", tls="tls"))
    assert (error.permanent, error.reason) == (False, "tls")


def test_nobody_listens(http: Http) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    error = fails(http, settings(server=f"127.0.0.1:{port}", tls="none"))
    assert (error.permanent, error.reason) == (False, "connect")


@pytest.mark.parametrize(
    "address",
    ["", "anna", "a@b@c", "anna@polna.example\r\nRCPT TO:<evil@x>", "anna, jan@x.example", "<a@b.example>", "a b@c.d", "a@" + "x" * 70],
)
def test_what_is_not_an_address_is_refused_before_anybody_is_asked(http: Http, server: MailServer, address: str) -> None:
    error = fails(http, plain(server), Contact(kind="email", address=address, channel="mail"))
    assert (error.permanent, error.reason) == (True, "bad_address")
    assert server.tried == []


def test_what_goes_to_the_channel_itself_has_a_reader(http: Http, server: MailServer, tmp_path: Path) -> None:
    itself = Contact(kind="email", address="mail", channel="mail")
    email.send(message(), plain(server, to="dyzur@polna.example"), itself, http)
    assert server.mails[0].recipients == ("dyzur@polna.example",)

    email.send(message(), settings(folder=tmp_path), itself, http)
    [file] = tmp_path.iterdir()
    assert b"To: Czujka Polna <czujka@polna.example>" in file.read_bytes()

    error = fails(http, plain(server), itself)
    assert (error.permanent, error.reason) == (True, "bad_address")


def test_polish_domains_and_names(http: Http, server: MailServer) -> None:
    contact = Contact(kind="email", address="anna@żółw.example", channel="mail")
    email.send(message(), plain(server, sender="Strażnica Żółw <czujka@polna.example>"), contact, http)
    [mail] = server.mails
    assert mail.recipients == ("anna@xn--w-uga1v8h.example",)
    assert mail.message["From"] == "Strażnica Żółw <czujka@polna.example>"


def test_a_name_with_letters_that_the_server_does_not_take(http: Http, server: MailServer) -> None:
    error = fails(http, plain(server), Contact(kind="email", address="żółw@polna.example", channel="mail"))
    assert (error.permanent, error.reason) == (True, "not_offered")


def write(folder: Path, http: Http, at_s: int = 0, key: str = "k", address: str = "anna@polna.example") -> Receipt:
    contact = Contact(kind="email", address=address, channel="mail")
    return email.send(message(dedup_key=key, sent_at=NOW + timedelta(seconds=at_s)), settings(folder=folder), contact, http)


def test_without_a_server_mails_are_files(http: Http, tmp_path: Path) -> None:
    receipt = write(tmp_path / "new" / "mail", http)

    [file] = (tmp_path / "new" / "mail").iterdir()
    assert file.name.startswith("20261120T011430Z-")
    assert file.suffix == ".eml"
    assert file.stat().st_mode & 0o077 == 0
    read = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert read["Message-ID"] == receipt.remote_id
    assert read["Subject"] == message().line


def test_a_repeat_replaces_its_file(http: Http, tmp_path: Path) -> None:
    first = write(tmp_path, http)
    again = write(tmp_path, http, at_s=90)
    write(tmp_path, http, key="another")
    assert first == again
    assert len(list(tmp_path.iterdir())) == 2


def test_files_take_any_address(http: Http, tmp_path: Path) -> None:
    write(tmp_path, http, address="żółw@polna.example")
    [file] = tmp_path.iterdir()
    assert "żółw" in str(message_from_bytes(file.read_bytes(), policy=policy.default)["To"])


def test_a_folder_that_cannot_be_written(http: Http, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DeliveryError) as caught:
        write(tmp_path / "file" / "mail", http)
    assert (caught.value.permanent, caught.value.reason) == (False, "folder")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"server": "smtp.example.com:abc"}, "host or host:port"),
        ({"server": "http://smtp.example.com"}, "host or host:port"),
        ({"sender": "czujka"}, "an address was expected"),
        ({"to": "Anna <a@b.example>"}, "an address was expected"),
        ({"server": "s.example", "username": "u"}, "belong together"),
        ({"server": "s.example", "username": "u", "password": {"env": "P"}, "tls": "none"}, "in clear"),
        ({"server": "s.example", "username": "u", "password": "p"}, "never written in clear"),
    ],
)
def test_settings_say_what_was_expected(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        settings(**given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"server": "smtp.example.com"}, ("smtp.example.com", 587)),
        ({"server": "smtp.example.com", "tls": "tls"}, ("smtp.example.com", 465)),
        ({"server": "smtp.example.com", "tls": "none"}, ("smtp.example.com", 25)),
        ({"server": "[::1]:2525"}, ("::1", 2525)),
    ],
)
def test_ports(given: dict[str, object], expected: tuple[str, int]) -> None:
    assert settings(**given).address() == expected


def test_the_default_sender_is_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "straznica")
    assert str(email.Settings.model_validate({"id": "mail"}).from_address()) == "Czujka <czujka@straznica>"
