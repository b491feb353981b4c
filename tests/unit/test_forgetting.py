"""What leads to somebody is found inside of texts, in every form in which people write it, and in nothing that only looks like it."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from actions.leftovers import left_over, mails, note_backup
from alerts.channels import CHANNELS
from core.forgetting import Traces
from core.settings import Company, Settings
from tests.web.site import NOW

KASIA = Traces(words=("@kasia.z", "Katarzyna Łąkowa", "109348812345", "ola"), pseudonym="~p")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("zgadzam się z @kasia.z!", "zgadzam się z ~p!"),
        ("KASIA.Z pisze", "~p pisze"),
        ("https://x.example/%40kasia.z/1", "https://x.example/%40~p/1"),
        ("Pani KATARZYNA ŁĄKOWA, dziękujemy", "Pani ~p, dziękujemy"),
        ("katarzyna lakowa bez ogonków", "~p bez ogonków"),
        ("?q=Katarzyna%20%C5%81%C4%85kowa", "?q=~p"),
        ("id 109348812345", "id ~p"),
        ("ola", "~p"),
        ("@Ola", "~p"),
        ("person:ola", "~p"),
    ],
)
def test_every_form_is_found(text: str, left: str) -> None:
    assert KASIA.in_text(text) == left


@pytest.mark.parametrize("text", ["kasia.zet", "mikasia.z", "1093488123456", "ola była w szkole", "kola", "Katarzyna Łąkowaska", ""])
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert KASIA.in_text(text) == text


def test_json_is_read_to_its_bottom_keys_and_numbers_too() -> None:
    raw = {"account": {"id": 109348812345, "acct": "kasia.z"}, "@kasia.z": [True, None, 3, "hej kasia.z"]}
    assert KASIA.in_json(raw) == {"account": {"id": "~p", "acct": "~p"}, "~p": [True, None, 3, "hej ~p"]}


def test_a_column_of_authors_is_theirs_only_where_it_says_nothing_else() -> None:
    assert [KASIA.whole(text) for text in ("@kasia.z", "mastodon:109348812345", "kasia.z fan club", None)] == [
        "~p",
        "mastodon:~p",
        "kasia.z fan club",
        None,
    ]


def test_every_change_is_in_reach_of_a_search_for_plain_letters() -> None:
    assert KASIA.likely is not None
    for text in ("Pani KATARZYNA ŁĄKOWA", "%40kasia.z", "katarzyna lakowa", "ola", "109348812345"):
        assert KASIA.in_text(text) != text
        assert any(run in text.lower() for run in KASIA.likely)


def test_mails_in_a_folder_that_name_her_are_found_whatever_their_encoding(tmp_path: Path) -> None:
    settings = configured(tmp_path)
    for name, said in {"hers": "Pisze Katarzyna Łąkowa", "other": "Pisze Katarzyna Polna"}.items():
        mail = EmailMessage()
        mail["Subject"] = "Incydent"
        mail.set_content(said, cte="base64")
        (tmp_path / "mail").mkdir(exist_ok=True)
        (tmp_path / "mail" / f"{name}.eml").write_bytes(bytes(mail))
    assert [file.name for file in mails(settings, KASIA)] == ["hers.eml"]


def test_a_backup_that_is_gone_is_not_named_and_one_that_cannot_be_read_is_named_as_unsure(tmp_path: Path) -> None:
    settings = configured(tmp_path)
    for name in ("gone.backup", "pg.backup"):
        note_backup(settings, tmp_path / "elsewhere" / name, NOW)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "pg.backup").write_bytes(b"PGDMP and more")
    assert [(one.file.name, one.kind, one.sure) for one in left_over(settings, KASIA)] == [("pg.backup", "backup", False)]


def configured(home: Path) -> Settings:
    mail = CHANNELS.get("email").Settings.model_validate({"id": "mail", "kind": "email", "folder": str(home / "mail")})
    return Settings(company=Company(name="Polna"), home=home, channel=(mail,))
