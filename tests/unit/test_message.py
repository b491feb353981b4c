"""The line that carries a page, why, how many, who else: in both languages, for every label."""

import ast
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from alerts.crisis_letter import TASKS
from alerts.headlines import PLATFORMS, headline, reach
from alerts.mail import NOTES
from alerts.message import Around, Links, build, with_link
from alerts.quoting import MASK, clean, one_line, pieces, plain, web_address
from alerts.review_letter import WHY
from core.kpis import KPIS
from core.labels import CRISIS_PARTS, OFFICES, SEVERITIES
from core.labels import LABELS as LABEL_NAMES
from core.number_words import DAYS, MEASURES, PARTS, WINDOWS
from core.records import EvidenceItem, IncidentCard, IncidentRow
from core.sending import DueDelivery, Told
from core.types import Contact, Finding, IncidentState, ItemKind, Message, Quote, Scope, Severity, Voice
from tests.fakes.messages import NOW, quote

LABELS = [
    "sentiment.negative",
    "sentiment.neutral",
    "sentiment.positive",
    "complaint.delivery",
    "complaint.billing",
    "complaint.quality",
    "complaint.service",
    "complaint.outage",
    "complaint.safety",
    "complaint.other",
    "question",
    "praise",
    "leak.confidential",
    "leak.codename",
    "leak.finance",
    "leak.pii",
    "leak.pii.pesel",
    "leak.pii.nip",
    "leak.pii.id_card",
    "leak.pii.iban",
    "leak.pii.card",
    "leak.pii.phone",
    "leak.pii.email",
    "leak.pii.address",
    "leak.pii.health",
    "leak.secret",
    "leak.secret.password",
    "leak.secret.api_key",
    "leak.secret.private_key",
    "leak.secret.token",
    "leak.secret.connection_string",
    "leak.internal",
    "policy.insult",
    "policy.politics",
    "policy.competitor",
    "policy.finance_talk",
    "policy.undisclosed",
    "policy.quarrel",
    "policy.hashtag",
    "policy.copyright",
    "crisis.boycott",
    "crisis.legal",
    "crisis.press",
    "crisis.breach",
    "crisis.conduct",
    "crisis.safety",
    "complaint.workplace",
    "account.impostor",
    "account.takeover",
]

BECAUSE = {"pl": "Nazwa kodowa na zewnątrz.", "en": "A code name is visible outside."}


def evidence(shown: Quote, label: str = "leak.codename", detector: str = "leak.codename@1") -> EvidenceItem:
    finding = Finding(label=label, score=0.9, severity=Severity.HIGH, detector=detector)
    return EvidenceItem(
        item_id=1, quote=shown, scope=Scope.MENTION, voice=Voice.PUBLIC, kind=ItemKind.POST, lang="pl", feeling=None,
        findings=(finding,), collected_at=NOW,
    )  # fmt: skip


def card(*items: EvidenceItem, told: tuple[Told, ...] = (), **changed: Any) -> IncidentCard:
    row = IncidentRow(
        incident_id=12, label="leak.codename", title="", severity=Severity.CRITICAL, state=IncidentState.OPEN, owner="security",
        brand="polna", items=3, authors=1, opened_at=NOW, last_item_at=NOW,
    )  # fmt: skip
    return IncidentCard(row=replace(row, **changed), evidence=items or (evidence(quote()),), participants=(), events=(), told=told)


def built(of: IncidentCard, language: str = "en", **given: Any) -> Message:
    links = Links("https://c.example/incidents/12", "https://c.example/ack/1")
    around = Around(
        because=lambda _, lang: BECAUSE[lang],
        timezone="Europe/Warsaw",
        people=given.pop("people", {}),
        code_names=given.pop("code_names", ("Projekt Agat", "Projekt Bursztyn")),
    )
    return build(of, due(language, given.pop("reader", "email:nobody@polna.example")), links, NOW, around, **given)


def due(language: str, reader: str = "email:nobody@polna.example") -> DueDelivery:
    """A page to this contact."""
    kind, _, address = reader.partition(":")
    contact = Contact(kind=kind, address=address, channel="mail", person=None, language=language)
    return DueDelivery(
        delivery_id=5, token=1, dedup_key="key", incident_id=12, contact=contact, kind="page", tries=0, first_try_at=None, due_at=NOW,
        severity=Severity.CRITICAL,
    )  # fmt: skip


def test_the_line_says_it_all_in_english() -> None:
    line = built(card()).line
    assert line == '[critical] Leak: code name "Projekt Bursztyn" on X by @marek (12 k followers), 3 posts'
    assert with_link(built(card())) == f"{line}. Ack: https://c.example/ack/1"


def test_the_line_says_it_all_in_polish() -> None:
    line = built(card(), "pl").line
    assert line == "[krytyczny] Wyciek: nazwa kodowa „Projekt Bursztyn” na X, pisze @marek (12 tys. obserwujących), 3 wpisy"
    assert with_link(built(card(), "pl")) == f"{line}. Potwierdź: https://c.example/ack/1"


def test_a_crowd_is_counted_and_its_platforms_named() -> None:
    places = [
        evidence(quote("Gdzie paczka?", platform=platform, reach=None), "complaint.delivery")
        for platform in ("x", "facebook", "mastodon", "x")
    ]
    crowd = card(*places, label="complaint.delivery", severity=Severity.HIGH, items=45, authors=41)
    assert built(crowd).line == "[high] Late or lost parcels, 41 people (X, Facebook, Mastodon), 45 posts"
    assert built(crowd, "pl").line == "[wysoki] Spóźnione lub zagubione paczki, 41 osób (X, Facebook, Mastodon), 45 wpisów"


def test_a_crowd_names_its_loudest_voice() -> None:
    loud = [evidence(quote("Gdzie paczka?", author=f"@a{n}", reach=n), "complaint.delivery") for n in (10, 25_400, 300)]
    crowd = card(*loud, label="complaint.delivery", severity=Severity.HIGH, items=9, authors=8)
    assert built(crowd).line == "[high] Late or lost parcels, 8 people on X, one of them @a25400 (25 k followers), 9 posts"


def test_an_unknown_reach_is_said_to_be_unknown() -> None:
    assert "(reach unknown)" in built(card(evidence(quote(reach=None)))).line


def test_a_resolved_incident_says_so() -> None:
    assert built(card(state=IncidentState.RESOLVED)).line.startswith("[resolved] Leak")
    assert built(card(state=IncidentState.RESOLVED), "pl").line.startswith("[zamknięty] Wyciek")


@pytest.mark.parametrize(
    ("seen", "named"),
    [
        ("Projekcie Bursztyn", "Projekt Bursztyn"),
        ("PROJEKTU BURSZTYN", "Projekt Bursztyn"),
        ("#projektBursztyn", "Projekt Bursztyn"),
        ("Projektem Agat", "Projekt Agat"),
        ("coś zupełnie innego", "coś zupełnie innego"),
    ],
)
def test_a_code_name_is_called_by_its_name(seen: str, named: str) -> None:
    text = f"co to jest {seen}?"
    shown = quote(text, spans=((11, 11 + len(seen), "leak.codename"),))
    assert f'"{named}"' in built(card(evidence(shown))).line


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("label", LABELS)
def test_every_label_has_its_own_headline(label: str, language: str) -> None:
    others = {headline(other, "", language) for other in LABELS if other != label}
    assert headline(label, "", language) not in others
    assert "." not in headline(label, "", language).replace("e-mail", "")
    assert len(headline(label, "", language)) <= 60


def test_a_label_of_next_year_is_named_after_its_family() -> None:
    assert headline("leak.pii.passport", "", "en") == "Leak: personal data"
    assert headline("weather.storm", "", "en") == "weather.storm"


@given(
    author=st.text(max_size=300), text=st.text(max_size=300), followers=st.none() | st.integers(0, 10**9), people=st.integers(1, 10**6),
    language=st.sampled_from(["pl", "en"]), label=st.sampled_from(LABELS), platform=st.sampled_from(["x", "facebook", "wykop", "a" * 90]),
)  # fmt: skip
def test_the_line_is_one_line_of_120_whatever_people_write(
    author: str, text: str, followers: int | None, people: int, language: str, label: str, platform: str
) -> None:
    shown = quote(text, author=author, reach=followers, platform=platform, spans=((0, len(text), label),))
    line = built(card(evidence(shown, label), label=label, authors=people, items=people + 1), language).line
    assert len(line) <= 120
    assert line.startswith("[")
    assert not {unicodedata.category(letter) for letter in line} & {"Cc", "Cs", "Zl", "Zp"}
    assert headline(label, "", language)[:20] in line


def test_personal_data_are_not_in_the_line() -> None:
    shown = quote("mój PESEL 44051401359", spans=((10, 21, "leak.pii.pesel"),))
    made = built(card(evidence(shown, "leak.pii.pesel"), label="leak.pii.pesel"))
    assert "44051401359" not in made.line + made.title


def test_why_it_fired() -> None:
    asked: list[tuple[str, str]] = []

    def because(detector: str, language: str) -> str:
        asked.append((detector, language))
        return "" if detector.startswith("sentiment") else f"powód {detector}"

    items = (
        evidence(quote(), detector="leak.codename@1"),
        evidence(quote(), detector="sentiment@1"),
        evidence(quote(), "praise", "praise@1"),
    )
    made = build(card(*items), due("pl"), Links("u"), NOW, Around(because=because, timezone="UTC"))
    assert made.because == "powód leak.codename@1"
    assert all(language == "pl" for _, language in asked)


def test_who_else_was_told() -> None:
    told = (
        Told(person="jan", contact="slack:U77", channel="chat", state="sent", at=NOW),
        Told(person="anna", contact="email:anna@polna.example", channel="mail", state="waiting", at=None),
        Told(person=None, contact="webhook:", channel="duty-desk", state="failed", at=NOW),
        Told(person="ewa", contact="email:ewa@polna.example", channel="mail", state="moved", at=NOW),
    )
    made = built(card(told=told), reader="email:anna@polna.example", people={"jan": "Jan Wrona"})
    assert made.told == ("Jan Wrona (slack, sent)", "duty-desk (webhook, not delivered)")


def test_the_rest_is_carried_over() -> None:
    made = built(card(), thread="D1:2")
    assert (made.incident_id, made.kind, made.count, made.state, made.thread, made.sent_at) == (12, "page", 3, "open", "D1:2", NOW)
    assert (made.url, made.ack_url) == ("https://c.example/incidents/12", "https://c.example/ack/1")


@pytest.mark.parametrize(
    ("followers", "english", "polish"),
    [
        (0, "0 followers", "0 obserwujących"),
        (1, "1 follower", "1 obserwujący"),
        (22, "22 followers", "22 obserwujących"),
        (999, "999 followers", "999 obserwujących"),
        (1000, "1 k followers", "1 tys. obserwujących"),
        (2310, "2.3 k followers", "2,3 tys. obserwujących"),
        (12_000, "12 k followers", "12 tys. obserwujących"),
        (999_499, "999 k followers", "999 tys. obserwujących"),
        (999_999, "1 M followers", "1 mln obserwujących"),
        (1_250_000, "1.2 M followers", "1,2 mln obserwujących"),
        (None, "reach unknown", "zasięg nieznany"),
    ],
)
def test_reach(followers: int | None, english: str, polish: str) -> None:
    assert (reach(followers, "en"), reach(followers, "pl")) == (english, polish)


def test_a_long_post_is_cut_around_what_fired() -> None:
    text = "a" * 5000 + " Projekt Agat " + "b" * 5000
    shown = plain(quote(text, spans=((5001, 5013, "leak.codename"),)), 200, mark="*")
    assert "*Projekt Agat*" in shown
    assert shown.startswith("…") and shown.endswith("…")
    assert len(shown) < 210


@given(
    text=st.text(max_size=400), limit=st.integers(10, 300),
    spans=st.lists(st.tuples(st.integers(-20, 420), st.integers(-20, 420), st.sampled_from(["praise", "leak.pii.phone"])), max_size=6),
)  # fmt: skip
def test_pieces_keep_the_text_and_hide_what_must_be_hidden(text: str, limit: int, spans: list[tuple[int, int, str]]) -> None:
    marked = "".join(
        "\ue000" if any(0 <= a <= n < b and label == "leak.pii.phone" for a, b, label in spans) else letter for n, letter in enumerate(text)
    )
    shown = pieces(Quote(item_id=1, platform="x", author="", reach=None, text=marked, url="", created_at=NOW, spans=tuple(spans)), limit)
    joined = "".join(piece.text for piece in shown)
    assert "\ue000" not in joined
    assert len(joined) <= limit + 2 + 5 * len(spans)
    if len(text) <= limit and not any(label == "leak.pii.phone" for *_, label in spans):
        assert joined == clean(text)


def test_masks_win_over_marks() -> None:
    text = "hasło Tajne123 do konta"
    shown = pieces(quote(text, spans=((0, 23, "complaint.other"), (6, 14, "leak.secret.password"))), 100)
    assert [(piece.text, piece.label) for piece in shown] == [("hasło ", ""), (MASK, "leak.secret.password"), (" do konta", "")]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//x.example",
        "https://",
        "https://x.example/\r\nX: y",
        "http://[",
        'https://x/"onclick=',
        "https://x/<b>",
        "",
        "https://x.example/" + "a" * 3000,
    ],
)
def test_addresses_that_are_not_linked(url: str) -> None:
    assert web_address(url) == ""


@pytest.mark.parametrize("url", ["https://x.example/a?b=c&d=%20#e", "http://żółw.example/ścieżka"])
def test_addresses_that_are_linked(url: str) -> None:
    assert web_address(url) == url


def test_one_line_is_one_line() -> None:
    assert one_line("a\r\n\tb\x00\u202ec\u200b  d", 20) == "a bc d"
    assert one_line("x" * 30, 10) == "x" * 9 + "…"


def spoken() -> set[tuple[str, ...]]:
    """Every message that the room says, out of its code and templates: (one,) or (one, many)."""
    found: set[tuple[str, ...]] = {(text,) for table in (PLATFORMS, NOTES, WHY, TASKS) for text in table.values()}
    for path in Path("alerts").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"say", "count"}:
                texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                found |= {tuple(texts)} if texts else set()
    for path in Path("alerts/templates").glob("mail.*"):
        for verb, texts in re.findall(r'\b(say|count)\(((?:"[^"]*"(?:, )?)+)', path.read_text(encoding="utf-8")):
            found.add(tuple(re.findall(r'"([^"]*)"', texts))[: 2 if verb == "count" else 1])
    return found


def counted() -> set[str | tuple[str, str]]:
    """Every message about numbers, out of the tables and the code."""
    found: set[str | tuple[str, str]] = {*MEASURES.values(), *WINDOWS.values(), *DAYS, *PARTS}
    for node in ast.walk(ast.parse(Path("core/number_words.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"say", "count"}:
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            found |= {(texts[0], texts[1]) if len(texts) > 1 else texts[0]} if texts else set()
    return found


def test_labels_and_severities_have_their_polish() -> None:
    with Path("core/locale/pl.po").open("rb") as file:
        catalog = read_po(file, locale="pl")
    said = {message.id for message in catalog if message.id}
    figures = {text for one in KPIS.values() for text in (one.name, one.counts)}
    assert said == {*LABEL_NAMES.values(), *SEVERITIES.values(), *OFFICES.values(), *CRISIS_PARTS.values(), *counted()} | figures
    assert all(message.string for message in catalog if message.id)


def test_everything_said_has_its_polish() -> None:
    with Path("alerts/locale/pl.po").open("rb") as file:
        catalog = read_po(file, locale="pl")
    assert len(spoken()) > 30
    for texts in spoken():
        entry = catalog.get(texts[0])
        assert entry is not None, f"not in pl.po: {texts[0]}"
        forms = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        assert all(forms) and len(forms) == (3 if len(texts) == 2 else 1), texts
        for form in forms:
            assert set(re.findall(r"{\w+}", str(form))) == set(re.findall(r"{\w+}", texts[0])), texts


def test_times_are_the_readers() -> None:
    from alerts.mail import text

    winter = built(card(evidence(quote(created_at=datetime(2026, 1, 5, 23, 30, tzinfo=UTC)))), "pl")
    assert "06.01.2026, 00:30" in text(winter)
    assert "05.01.2026, 23:30" in text(replace(winter, timezone="No/Such"))
