"""The weekly digest: the five lines, the screens, the picture, the mail; figures counted by hand, both languages."""

import ast
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from babel.messages.pofile import read_po

from classifiers.taxonomy import LABELS
from core.errors import ConfigError
from core.facts import Contradiction, Statement
from core.figures import Answers, Blind, Burning, Counted, Sent, WeekFigures
from core.manners import Fault, Replied, Weighed
from core.settings import Company, Owner, Settings, Web
from core.spoken import Spoken
from core.types import Severity
from core.verdicts import Precision
from reports.charts import Picture, finding, week_chart
from reports.clauses import CLAUSES, clause_of
from reports.digest import build_mail, digest
from reports.view import Digest, Topic
from reports.wording import ON_DAY, REASONS, Speech
from tests.fakes.weeks import busy_week, days, quiet_week

EN, PL = Speech("en"), Speech("pl")
SETTINGS = Settings(
    company=Company(name="Mleczarnia Polna"),
    owner=(Owner(id="care", name="Customer care"), Owner(id="pr", name="Press office")),
    web=Web(url="https://czujka.example/"),
    channel=(SimpleNamespace(kind="email", sender="Czujka <czujka@polna.example>"),),
)


def told(figures: WeekFigures, language: str = "en") -> Digest:
    return digest(figures, language, "Mleczarnia Polna", "https://czujka.example/", {"care": "Customer care", "pr": "Press office"})


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def topic(figures: WeekFigures, title: str, language: str = "en") -> Topic:
    return next(each for each in told(figures, language).topics if each.title == title)


def test_what_needs_you_comes_in_order_of_urgency() -> None:
    assert [plain(need.text) for need in told(busy_week()).needs] == [
        "2 serious incidents are not resolved, first of all: Leak: code name",
        "10 people wait longer than promised for an answer (Customer care 9, Press office 1)",
        "The source facebook-page has seen nothing for 2 h 40 min",
        "3 messages did not arrive; check the channels: slack-pr",
        "3 posts of ours may breach the policy: decide what follows",
    ]


def test_what_needs_you_in_polish() -> None:
    assert [plain(need.text) for need in told(busy_week(), "pl").needs] == [
        "2 poważne incydenty nie są zamknięte, przede wszystkim: Wyciek: nazwa kodowa",
        "10 osób czeka na odpowiedź dłużej, niż obiecaliśmy (Customer care 9, Press office 1)",
        "Źródło facebook-page nic nie widzi od 2 h 40 min",
        "3 wiadomości nie dotarły; sprawdź kanały: slack-pr",
        "3 nasze wpisy mogą naruszać zasady: zdecyduj, co dalej",
    ]


def test_at_most_five_lines_need_you_and_each_leads_somewhere() -> None:
    needs = told(busy_week()).needs
    assert len(needs) == 5
    paths = [need.url.removeprefix("https://czujka.example") for need in needs]
    assert paths == ["/incidents", "/", "/sources", "/incidents", "/posts?label=policy"]


def test_slower_answers_need_you_when_there_is_room() -> None:
    calm = busy_week(burning=(), blind=(), waiting=(), sent=(), breaches=())
    assert [plain(need.text) for need in told(calm).needs] == ["Answers got slower: 2 h 40 min, the week before 1 h 5 min"]
    barely = replace(calm, answers=replace(calm.answers, median_s=3900 * 1.24))
    assert told(barely).needs == ()


def test_one_serious_incident_is_linked_itself() -> None:
    one = quiet_week(
        burning=(
            Burning(
                incident_id=12, label="crisis.boycott", severity=Severity.HIGH, owner="pr", opened_at=datetime(2026, 11, 3, tzinfo=UTC)
            ),
        )
    )
    [need] = told(one).needs
    assert (need.text, need.url) == ("One high incident is not resolved: Crisis: call for a boycott", "https://czujka.example/incidents/12")


def test_medium_incidents_do_not_need_you() -> None:
    medium = Burning(
        incident_id=7, label="complaint.billing", severity=Severity.MEDIUM, owner="care", opened_at=datetime(2026, 11, 3, tzinfo=UTC)
    )
    assert told(quiet_week(burning=(medium,))).needs == ()


def test_several_blind_sources_are_one_line() -> None:
    dark = tuple(Blind(source_id=f"s{n}", since=None, seconds=n * 90_000.0, reason="timeout") for n in (1, 3, 2))
    [need] = told(quiet_week(blind=dark)).needs
    assert plain(need.text) == "3 sources have seen nothing, s3 for 3 d 3 h"


def test_a_quiet_week_says_so() -> None:
    quiet = told(quiet_week())
    assert quiet.needs == ()
    assert quiet.all_well == "Nothing needs you this week."
    assert told(quiet_week(), "pl").all_well == "W tym tygodniu nic nie wymaga Twojej uwagi."


@pytest.mark.parametrize(
    ("language", "title", "sentence"),
    [
        ("en", "What was said", "1,954 posts about us, 37 % of them negative. The week before: 1,290, 9 % negative."),
        ("pl", "Co o nas mówiono", "1 954 wpisy o nas, negatywne: 37 %. Tydzień wcześniej: 1 290, negatywne: 9 %."),
        (
            "en",
            "Answers",
            "164 conversations were opened; answered: 121, late: 37. "
            "Half of the answers came within 2 h 40 min. The week before: 1 h 5 min.",
        ),
        (
            "pl",
            "Odpowiedzi",
            "Otwarto 164 rozmowy; z odpowiedzią: 121, spóźnione: 37. "
            "Połowa odpowiedzi przyszła w ciągu 2 h 40 min. Tydzień wcześniej: 1 h 5 min.",
        ),
        ("en", "Incidents", "5 incidents were opened (critical 1, high 1, medium 3). The week before: 0."),
        ("en", "Policy and leaks", "3 possible breaches by our side, 7 possible leaks."),
        ("pl", "Zasady i wycieki", "3 możliwe naruszenia z naszej strony, 7 możliwych wycieków."),
        ("en", "Is the watch awake?", "Blind time of all sources together: 2 h 40 min. 48 messages were sent, 3 failed."),
    ],
)
def test_sentences(language: str, title: str, sentence: str) -> None:
    assert plain(topic(busy_week(), title, language).sentence) == sentence


def test_what_may_have_arrived_is_said() -> None:
    unsure = busy_week(blind=(), sent=(Sent(channel="mail", sent=4, failed=0, unsure=2), Sent(channel="chat", sent=0, failed=0, unsure=3)))
    assert plain(topic(unsure, "Is the watch awake?").sentence).endswith(
        "4 messages were sent, 0 failed. Of 5 tries no answer came, so they may have arrived."
    )
    assert plain(topic(unsure, "Czy straż czuwa?", "pl").sentence).endswith("Na 5 prób nie przyszła odpowiedź, więc mogły dotrzeć.")


def test_nothing_answered_is_not_zero_seconds() -> None:
    none = quiet_week(answers=Answers(opened=3, answered=0, late=0, median_s=None))
    assert topic(none, "Answers").sentence == "3 conversations were opened; answered: 0, late: 0."


def test_the_policy_leads_to_its_own_posts_and_without_breaches_to_leaks() -> None:
    there = topic(busy_week(), "Policy and leaks")
    assert (there.url, there.link) == ("https://czujka.example/posts?label=policy", "Possible breach of the policy")
    only_leaks = topic(busy_week(breaches=()), "Policy and leaks")
    assert (only_leaks.url, only_leaks.link) == ("https://czujka.example/posts?label=leak", "Possible leak")


def test_tables() -> None:
    answers, policy_table = topic(busy_week(), "Answers").table, topic(busy_week(), "Policy and leaks").table
    assert answers is not None and policy_table is not None
    assert answers.rows == (("Customer care", "31", "9", "1"), ("Press office", "2", "1", "1"))
    assert policy_table.rows == (
        ("POL-03 Disclosure", "Praise by staff without disclosure", "2", "0"),
        ("POL-07 Confidential information", "Leak: code name", "3", "0"),
        ("POL-09 Personal data", "Leak: private phone number", "4", "0"),
        ("POL-12 Answering criticism", "Our side feeds a quarrel", "1", "0"),
    )
    assert topic(quiet_week(), "Incidents").table is None


def test_rules_that_people_judged_show_how_often_they_were_right() -> None:
    assert all(each.title != "Were the alarms right?" for each in told(busy_week()).topics), "nothing judged, nothing shown"
    rules = (
        Precision(name="policy.insult.words@1", right=2, wrong=9, disputed=1),
        Precision(name="leak.pii.pesel@2", right=1, wrong=0, disputed=0),
    )
    shown = topic(busy_week(rules=rules), "Were the alarms right?")
    assert plain(shown.sentence) == "12 findings were judged by people in the last 13 weeks; right: 25 %."
    assert shown.table is not None
    assert [tuple(map(plain, row)) for row in shown.table.rows] == [
        ("policy.insult.words@1", "11", "18 %", "5 % – 48 %"),
        ("leak.pii.pesel@2", "1", "100 %", "21 % – 100 %"),
    ]
    polish = topic(busy_week(rules=rules), "Czy alarmy były trafne?", "pl")
    assert "12 wskazań ocenionych" in plain(polish.sentence)


def test_tables_compare_with_the_week_before() -> None:
    before = quiet_week(leaks=(Counted(label="leak.codename", count=11),))
    rows = topic(busy_week(before=before), "Policy and leaks").table
    assert rows is not None
    assert [row[3] for row in rows.rows] == ["0", "11", "0", "0"]


def test_a_table_has_ten_rows_and_says_what_it_leaves_out() -> None:
    dark = tuple(Blind(source_id=f"s{n:02}", since=None, seconds=n * 60.0, reason="timeout") for n in range(13))
    table = topic(quiet_week(blind=dark), "Is the watch awake?").table
    assert table is not None
    assert (len(table.rows), table.left_out) == (10, 3)
    assert table.rows[0] == ("s12", "no answer in time", "12\u00a0min")
    assert "and 3 more" in html_of(build_mail(quiet_week(blind=dark), SETTINGS, "anna@polna.example", "en"))


@pytest.mark.parametrize(
    ("posts", "negative", "before", "english", "polish"),
    [
        ((220, 231, 208, 612, 402, 150, 131), (0,) * 7, True, "It was loudest on Thursday: 2.9 times a usual day",
         "Najgłośniej było w czwartek: 2,9 razy tyle co zwykle"),
        ((200,) * 7, (80,) * 7, True, "Negative posts rose from 9 % to 40 %", "Negatywnych wpisów przybyło: z 9 % do 40 %"),
        ((229,) * 7, (20,) * 7, True, "24 % more posts than the week before", "O 24 % więcej wpisów niż tydzień wcześniej"),
        ((129,) * 7, (12,) * 7, True, "30 % fewer posts than the week before", "O 30 % mniej wpisów niż tydzień wcześniej"),
        ((184,) * 7, (17,) * 7, True, "As many posts as the week before", "Tyle wpisów co tydzień wcześniej"),
        ((2, 0, 0, 0, 0, 0, 0), (0,) * 7, False, "2 posts about us in the week", "2 wpisy o nas w tygodniu"),
        ((0,) * 7, (0,) * 7, True, "Nobody wrote about us", "Nikt o nas nie pisał"),
        ((1, 1, 1, 9, 1, 1, 1), (0,) * 7, False, "15 posts about us in the week", "15 wpisów o nas w tygodniu"),
    ],
)  # fmt: skip
def test_the_picture_is_named_by_what_it_shows(
    posts: tuple[int, ...], negative: tuple[int, ...], before: bool, english: str, polish: str
) -> None:
    week = busy_week(days=days(date(2026, 11, 9), posts, negative), before=quiet_week() if before else None)
    assert plain(finding(week, EN)) == english
    assert plain(finding(week, PL)) == polish


def test_fewer_negative_posts_are_told_too() -> None:
    angry = quiet_week(days=days(date(2026, 11, 2), (200,) * 7, (100,) * 7))
    calm = busy_week(days=days(date(2026, 11, 9), (200,) * 7, (20,) * 7), before=angry)
    assert plain(finding(calm, EN)) == "Negative posts fell from 50 % to 10 %"


@pytest.mark.parametrize("speech", [EN, PL])
@pytest.mark.parametrize("figures", [busy_week(), quiet_week(), quiet_week(days=days(date(2026, 11, 2), (0,) * 7, (0,) * 7))])
def test_the_picture_is_a_png_with_words(figures: WeekFigures, speech: Speech) -> None:
    picture = week_chart(figures, speech)
    assert picture.png.startswith(b"\x89PNG\r\n\x1a\n")
    assert (int.from_bytes(picture.png[16:20], "big"), int.from_bytes(picture.png[20:24], "big")) == (
        3 * picture.width_px,
        3 * picture.height_px,
    )
    assert len(picture.png) < 100_000
    assert picture.alt.startswith(picture.title)
    assert picture == week_chart(figures, speech)


def test_the_words_for_the_picture_hold_its_numbers() -> None:
    picture: Picture = week_chart(busy_week(), EN)
    assert "Thu 12: 612, negative 401" in picture.alt
    assert "czw. 12: 612, negatywne 401" in week_chart(busy_week(), PL).alt


def html_of(mail: EmailMessage) -> str:
    found = mail.get_body(("html",))
    assert found is not None
    return str(found.get_content())


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_mail_carries_its_picture(language: str) -> None:
    sent = message_from_bytes(build_mail(busy_week(), SETTINGS, "anna@polna.example", language).as_bytes(), policy=policy.default)
    assert isinstance(sent, EmailMessage)
    written, beside = sent.iter_parts()
    assert (sent.get_content_type(), written.get_content_type()) == ("multipart/mixed", "multipart/alternative")
    assert [part.get_content_type() for part in written.iter_parts()] == ["text/plain", "multipart/related"]
    assert (beside.get_content_type(), beside.get_filename()) == ("text/csv", "czujka-2026-W46.csv")
    [cid] = re.findall(r'<img src="cid:([^"]+)"', html_of(sent))
    [picture] = [part for part in sent.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == f"<{cid}>"
    assert picture.get_content() == week_chart(busy_week(), Speech(language)).png
    assert 'src="http' not in html_of(sent)


def test_headers() -> None:
    sent = build_mail(busy_week(), SETTINGS, "anna@polna.example", "pl")
    assert sent["Subject"] == "Mleczarnia Polna: tydzień 9–15 listopada 2026"
    assert build_mail(busy_week(), SETTINGS, "anna@polna.example", "en")["Subject"] == "Mleczarnia Polna: the week of 9–15 November 2026"
    assert sent["From"] == "Czujka <czujka@polna.example>"
    assert sent["Date"] == "Mon, 16 Nov 2026 00:00:00 +0100"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["Message-ID"] == build_mail(quiet_week(days=busy_week().days), SETTINGS, "anna@polna.example", "en")["Message-ID"]
    assert sent["Message-ID"] != build_mail(busy_week(), SETTINGS, "jan@polna.example", "pl")["Message-ID"]


def test_both_forms_say_the_same() -> None:
    sent = build_mail(busy_week(), SETTINGS, "anna@polna.example", "en")
    text = sent.get_body(("plain",))
    assert text is not None
    for need in told(busy_week()).needs:
        assert need.text in text.get_content()
        assert need.text in html_of(sent)
    assert "Thu 12: 612, negative 401" in text.get_content()


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name == "href"]
        assert tag not in {"script", "style", "link", "iframe", "b"}


def test_names_from_outside_are_escaped() -> None:
    bad = "<script>alert(1)</script><b>\r\nBcc: x@y"
    week = busy_week(blind=(Blind(source_id=bad, since=None, seconds=60.0, reason=bad),))
    settings = SETTINGS.model_copy(update={"company": Company(name=bad), "owner": (Owner(id="care", name=bad),)})
    sent = build_mail(week, settings, "anna@polna.example", "en")
    links = Links()
    links.feed(html_of(sent))
    assert all(link.startswith("https://czujka.example/") for link in links.found)
    assert "&lt;script&gt;" in html_of(sent)
    assert sent["Bcc"] is None
    assert "\n" not in sent["Subject"]


def test_a_mail_for_a_file_is_to_nobody() -> None:
    written = build_mail(quiet_week(), SETTINGS, "", "en")
    assert written["To"] is None
    assert b"image/png" in written.as_bytes()


@pytest.mark.parametrize(
    "address", ["anna", "anna@", "a b@c.example", "anna@polna.example\r\nBcc: x@y.example", "a@b.example, c@d.example"]
)
def test_what_is_not_an_address(address: str) -> None:
    with pytest.raises(ConfigError, match="address"):
        build_mail(quiet_week(), SETTINGS, address, "en")


def test_without_a_sender_it_is_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "straznica")
    sent = build_mail(quiet_week(), Settings(company=Company(name="P")), "anna@polna.example", "en")
    assert sent["From"] == "Czujka <czujka@straznica>"
    assert "http://127.0.0.1:8600/incidents" in html_of(sent)


@pytest.mark.parametrize(
    ("first", "english", "polish"),
    [
        (date(2026, 11, 30), "30 November – 6 December 2026", "30 listopada – 6 grudnia 2026"),
        (date(2026, 12, 28), "28 December 2026 – 3 January 2027", "28 grudnia 2026 – 3 stycznia 2027"),
    ],
)
def test_weeks_across_months(first: date, english: str, polish: str) -> None:
    week = quiet_week(days=days(first, (1,) * 7, (0,) * 7))
    assert (EN.week(week), PL.week(week)) == (english, polish)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (45, "45 s"),
        (60, "1 min"),
        (3599.6, "1 h"),
        (9600, "2 h 40 min"),
        (86400, "1 d"),
        (90_000, "1 d 1 h"),
        (3661, "1 h 1 min"),
        (86460, "1 d"),
    ],
)
def test_spans(seconds: float, shown: str) -> None:
    assert plain(EN.span(seconds)) == shown


def test_clauses_are_the_taxonomys() -> None:
    for label, row in LABELS.items():
        if label.startswith(("policy.", "leak.")):
            assert clause_of(label) == row.clause, label
            assert row.clause in CLAUSES


def said() -> set[tuple[str, ...]]:
    """Every message that the room says: (one,) or (one, many)."""
    found: set[tuple[str, ...]] = {(text,) for text in (*ON_DAY, *REASONS.values(), *CLAUSES.values())}
    for path in Path("reports").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in {"say", "count", "msg"}:
                texts = tuple(arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str))
                found |= {texts} if texts else set()
    for path in Path("reports/templates").iterdir():
        for verb, texts in re.findall(r'\b(say|count)\(((?:"[^"]*"(?:, )?)+)', path.read_text(encoding="utf-8")):
            found.add(tuple(re.findall(r'"([^"]*)"', texts))[: 2 if verb == "count" else 1])
    return found


def test_everything_said_has_its_polish_and_nothing_else_is_there() -> None:
    with Path("reports/locale/pl.po").open("rb") as file:
        catalog = read_po(file, locale="pl")
    for texts in said():
        entry = catalog.get(texts[0])
        assert entry is not None, f"not in pl.po: {texts[0]}"
        forms = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        assert all(forms) and len(forms) == (3 if len(texts) == 2 else 1), texts
        for form in forms:
            assert set(re.findall(r"{\w+}", str(form))) == set(re.findall(r"{\w+}", texts[0])), texts
    keys = {message.id[0] if isinstance(message.id, tuple) else message.id for message in catalog if message.id}
    assert keys == {texts[0] for texts in said()}


def spoke() -> Spoken:
    """Three replies, one of them empty courtesy to a question; one statement that is not what was approved."""
    at = datetime(2026, 11, 12, tzinfo=UTC)
    reply = Replied(item_id=2, answers_id=1, at=at, platform="x", author="@polna", said="Kiedy?", reply="Hm", asks=True, quarrels=False)
    said = Statement(item_id=7, at=datetime(2026, 11, 11, tzinfo=UTC), platform="x", account="@polna", text="dojrzewa 18 mies.")
    differs = Contradiction(fact="maturing", said=said, value="18", expected="12", against="Bursztyn dojrzewa 12 miesięcy.")
    weighed = (Weighed(reply, (Fault.FORMULA, Fault.UNANSWERED)), Weighed(reply, ()), Weighed(reply, ()))
    return Spoken(weighed=weighed, facts=2, statements=9, contradictions=(differs,))


@pytest.mark.parametrize(
    ("language", "title", "sentence"),
    [
        (
            "en",
            "Our own words",
            "We gave 3 replies; with blame or mockery: 0, nothing but courtesy: 1, a question left open: 1."
            " Statements that differ from the key facts: 1.",
        ),
        (
            "pl",
            "Nasze własne słowa",
            "Daliśmy 3 odpowiedzi; z zarzutem lub kpiną: 0, same grzeczności: 1, pytanie bez odpowiedzi: 1."
            " Wypowiedzi niezgodne z kluczowymi faktami: 1.",
        ),
    ],
)
def test_what_our_own_side_said_is_told(language: str, title: str, sentence: str) -> None:
    told = topic(quiet_week(spoken=spoke()), title, language)
    assert plain(told.sentence) == sentence
    assert told.table is not None
    assert told.table.rows == (("maturing", "@polna", "18", "12"),)
    assert told.url.endswith("/our-words")


def test_a_statement_that_differs_needs_somebody() -> None:
    [need] = digest(quiet_week(spoken=spoke()), "en", "Polna", "https://czujka.example").needs
    assert plain(need.text) == "1 statement of ours differs from the key facts: correct it (maturing: 18, not 12)"


def test_who_said_nothing_to_anybody_has_no_such_screen() -> None:
    assert "Our own words" not in [one.title for one in digest(quiet_week(), "en", "Polna", "https://czujka.example").topics]
