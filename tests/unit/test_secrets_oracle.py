"""Our finding of secrets beside detect-secrets, over texts made here: nothing is disagreed on but what stands in a list, with its reason.

The keys are generated from a fixed seed in the published shapes of their makers; none was ever issued.
"""

import json
import random
import string
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from detect_secrets.core.scan import scan_line
from detect_secrets.settings import transient_settings
from hypothesis import given
from hypothesis import strategies as st

from classifiers.rules.cases import CASE_CONTEXT
from classifiers.rules.engine import RuleEngine
from classifiers.rules.secrets import (
    entropy_bits,
    is_chosen,
    is_connection_string,
    is_generated,
    is_hard_to_guess,
    is_mixed,
    is_password,
    is_placeholder,
)
from core.types import Reading, Scope, Voice

ALNUM = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + string.digits
LOWER = string.ascii_lowercase + string.digits
PLUGINS = (
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "BasicAuthDetector",
    "DiscordBotTokenDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "JwtTokenDetector",
    "MailchimpDetector",
    "NpmDetector",
    "OpenAIDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SendGridDetector",
    "SlackDetector",
    "SquareOAuthDetector",
    "StripeDetector",
    "TelegramBotTokenDetector",
    "TwilioKeyDetector",
)
HEX = "0123456789abcdef"
EACH = 25


@dataclass(frozen=True)
class Maker:
    """A kind of text: how it is made, and whether each scanner is expected to see a secret in it. `why` explains a disagreement."""

    name: str
    make: Callable[[random.Random], str]
    ours: bool
    theirs: bool
    why: str = ""


def some(rng: random.Random, alphabet: str, length: int) -> str:
    return "".join(rng.choice(alphabet) for _ in range(length))


def jwt(rng: random.Random) -> str:
    head, body = ({"alg": "HS256", "typ": "JWT"}, {"sub": some(rng, string.digits, 9), "role": "admin"})
    parts = (urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (head, body))
    return ".".join([*parts, some(rng, ALNUM + "-_", 43)])


def pem(rng: random.Random) -> str:
    return f"-----BEGIN RSA PRIVATE KEY-----\n{some(rng, ALNUM + '+/', 64)}"


SECRETS = (
    Maker("aws", lambda r: f"nasz AKIA{some(r, UPPER, 16)} wyciekł", ours=True, theirs=True),
    Maker("github", lambda r: f"deploy with ghp_{some(r, ALNUM, 36)}", ours=True, theirs=True),
    Maker("gitlab", lambda r: f"pull: glpat-{some(r, ALNUM, 20)}", ours=True, theirs=True),
    Maker("stripe", lambda r: f"płatności idą przez sk_live_{some(r, ALNUM, 24)}", ours=True, theirs=True),
    Maker("openai", lambda r: f"sk-{some(r, ALNUM, 20)}T3BlbkFJ{some(r, ALNUM, 20)} do bota", ours=True, theirs=True),
    Maker("sendgrid", lambda r: f"mail: SG.{some(r, ALNUM, 22)}.{some(r, ALNUM, 43)}", ours=True, theirs=True),
    Maker(
        "slack", lambda r: f"xoxb-{some(r, string.digits, 12)}-{some(r, string.digits, 12)}-{some(r, LOWER, 24)}", ours=True, theirs=True
    ),
    Maker("telegram", lambda r: f"{some(r, '23456789', 10)}:AA{some(r, ALNUM, 33)}", ours=True, theirs=True),
    Maker("jwt", lambda r: f"nagłówek {jwt(r)}", ours=True, theirs=True),
    Maker("key file", pem, ours=True, theirs=True),
    Maker("address", lambda r: f"postgresql://crm:{some(r, ALNUM, 14)}@db.polna-crm.pl:5432/klienci", ours=True, theirs=True),
    Maker("twilio", lambda r: f"sms przez SK{some(r, HEX, 32)}", ours=True, theirs=True),
    Maker("mailchimp", lambda r: f"newsletter: {some(r, HEX, 32)}-us{r.randint(1, 21)}", ours=True, theirs=True),
    Maker("discord", lambda r: f"bot M{some(r, ALNUM, 23)}.{some(r, ALNUM, 6)}.{some(r, ALNUM, 27)}", ours=True, theirs=True),
    Maker("square", lambda r: f"kasa sq0csp-{some(r, ALNUM + '-_', 43)}", ours=True, theirs=True),
    Maker("azure", lambda r: f"AccountName=kopie;AccountKey={some(r, ALNUM + '+/', 86)}==", ours=True, theirs=True),
    Maker(
        "before a demonstration",
        lambda r: f"xoxb-{some(r, string.digits, 12)}-{some(r, ALNUM, 24)}, rotate after the demo, still used for testing",
        ours=True,
        theirs=True,
    ),
    Maker("gitlab, runner", lambda r: f"runner: glrt-{some(r, ALNUM, 20)}", ours=True, theirs=True),
    # What we see and the oracle does not.
    Maker(
        "key named in the house",
        lambda r: f"{some(r, string.ascii_uppercase, 5)}_OCR_KEY={some(r, ALNUM, 24)}",
        ours=True,
        theirs=False,
        why="the oracle knows makers' shapes here; a key of one's own making is told by its name and by chance in its letters",
    ),
    Maker(
        "key in an address",
        lambda r: f"https://api.polna-crm.pl/v2/orders?apikey={some(r, ALNUM, 20)}",
        ours=True,
        theirs=False,
        why="as above",
    ),
    Maker(
        "aws, temporary key named in a sentence",
        lambda r: f"access key: {some(r, ALNUM, 40)} działa do piątku",
        ours=True,
        theirs=False,
        why="the oracle wants AWS in the name of a bare key; people on a page write only 'access key'",
    ),
    Maker(
        "password in prose",
        lambda r: f"hasło do panelu: {some(r, string.ascii_lowercase, 6)}{r.randint(20, 99)}#{some(r, string.ascii_uppercase, 2)}",
        ours=True,
        theirs=False,
        why="the oracle reads source code; a password told in a sentence, in Polish, is ours alone",
    ),
    Maker(
        "stripe, longer",
        lambda r: f"rk_live_{some(r, ALNUM, 20)}",
        ours=True,
        theirs=False,
        why="the oracle knows one length; restricted keys come in several",
    ),
)
HARMLESS = (
    Maker("order numbers", lambda r: f"zamówienie {some(r, string.digits, 12)} nie dotarło", ours=False, theirs=False),
    Maker(
        "hashtags", lambda r: f"#{some(r, string.ascii_lowercase, 12)} i @{some(r, string.ascii_lowercase, 8)}", ours=False, theirs=False
    ),
    Maker("links", lambda r: f"https://polna.example/p/{some(r, LOWER, 24)}?utm={some(r, LOWER, 6)}", ours=False, theirs=False),
    Maker("commit", lambda r: f"poprawione w {some(r, HEX, 40)}", ours=False, theirs=False),
    Maker("uuid", lambda r: f"bilet {some(r, HEX, 8)}-{some(r, HEX, 4)}-4abc-9def", ours=False, theirs=False),
    Maker(
        "variable",
        lambda r: f"{some(r, string.ascii_uppercase, 5)}_API_KEY=${{{some(r, string.ascii_uppercase, 8)}_KEY}}",
        ours=False,
        theirs=False,
    ),
    Maker("hours", lambda r: f"office: {r.randint(2, 5)}pm-{r.randint(6, 9)}pm, login from home", ours=False, theirs=False),
    Maker("word for a password", lambda r: f"zmień hasło co {r.randint(30, 90)} dni i nie podawaj go nikomu", ours=False, theirs=False),
    # What the oracle sees and we do not.
    Maker(
        "tutorial's address",
        lambda r: f"postgresql://user:password@localhost:5432/db{r.randint(1, 9)}",
        ours=False,
        theirs=True,
        why="user, password and localhost are what every tutorial writes: a page at night would be wrong",
    ),
    Maker(
        "documented key",
        lambda r: f"AKIAIOSFODNN7EXAMPLE, krok {r.randint(1, 9)}",
        ours=False,
        theirs=True,
        why="the key that its maker prints in the manual; the oracle leaves that to its allow list",
    ),
    Maker(
        "one letter over and over",
        lambda r: "ghp_" + r.choice("ax0") * 36,
        ours=False,
        theirs=True,
        why="the oracle tests the shape of this kind alone; nobody was ever issued one letter 36 times",
    ),
    Maker(
        "header without a key",
        lambda r: f"plik zaczyna się od -----BEGIN RSA PRIVATE KEY----- (strona {r.randint(1, 9)})",
        ours=False,
        theirs=True,
        why="the line names the format; without a body nothing is lost",
    ),
)
ENGINE = RuleEngine.load(CASE_CONTEXT)


def texts(maker: Maker) -> Iterator[str]:
    rng = random.Random(f"oracle/{maker.name}")
    return (maker.make(rng) for _ in range(EACH))


def we_see(text: str) -> bool:
    found = ENGINE.read(Reading(text=text, scope=Scope.OFFICIAL, voice=Voice.OURS), "pl", None)
    return any(one.label.startswith("leak.secret.") for one in found)


def they_see(text: str) -> bool:
    with transient_settings({"plugins_used": [{"name": name} for name in PLUGINS]}):
        return any(True for line in text.splitlines() for _ in scan_line(line))


@pytest.mark.parametrize("maker", [*SECRETS, *HARMLESS], ids=lambda maker: maker.name)
def test_both_see_the_same_but_for_what_is_explained(maker: Maker) -> None:
    assert bool(maker.why) is (maker.ours is not maker.theirs), "a disagreement has a reason, an agreement needs none"
    wrong = [text for text in texts(maker) if (we_see(text), they_see(text)) != (maker.ours, maker.theirs)]
    assert wrong == []


class TestEntropy:
    """Of the strings themselves."""

    @pytest.mark.parametrize(("text", "bits"), [("", 0.0), ("aaaa", 0.0), ("abab", 1.0), ("abcd", 2.0), ("aabbccdd", 2.0), (ALNUM, 5.954)])
    def test_it_is_shannons(self, text: str, bits: float) -> None:
        assert entropy_bits(text) == pytest.approx(bits, abs=0.001)

    @given(st.text(min_size=1, max_size=80))
    def test_order_does_not_matter_and_more_of_the_same_is_no_more(self, text: str) -> None:
        assert entropy_bits(text[::-1]) == pytest.approx(entropy_bits(text))
        assert entropy_bits(text * 3) == pytest.approx(entropy_bits(text))
        assert 0 <= entropy_bits(text) <= len(text).bit_length()

    @given(st.integers(0, 2**32))
    def test_what_a_machine_drew_is_hard_to_guess(self, seed: int) -> None:
        drawn = some(random.Random(seed), ALNUM, 32)
        assert is_hard_to_guess(drawn) or is_placeholder(drawn)

    @pytest.mark.parametrize("text", ["aaaaaaaaaaaaaaaaaaaaaaaa", "abababababababababab", "121212121212121212", "mmmmmooooo"])
    def test_what_a_hand_repeats_is_not(self, text: str) -> None:
        assert not is_hard_to_guess(text)


class TestPlaceholders:
    """What stands in manuals and tutorials."""

    @pytest.mark.parametrize(
        "text", ["YOUR_API_KEY_GOES_HERE", "twoj-klucz-tutaj", "<token>", "${SECRET}", "changeme123!", "xxxxxxxx-xxxx", "os.environ[KEY]"]
    )
    def test_is_told_from_a_secret(self, text: str) -> None:
        assert is_placeholder(text)
        assert not is_hard_to_guess(text)

    @pytest.mark.parametrize(("text", "chosen"), [("Kefir2024!", True), ("mleko#77", True), ("Sernik", False), ("12345678", False)])
    def test_passwords_of_people(self, text: str, chosen: bool) -> None:
        assert is_password(text) is chosen

    @pytest.mark.parametrize(
        ("text", "generated", "mixed"),
        [
            ("q8Zt3LmW0xPv7RkY2bNd", True, True),
            ("8f3c2d1e9b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d", True, False),
            ("wiosenna-kolekcja-2026-warszawa", False, False),
            ("AAAAAAAAAAAAAAAAAAA1", False, False),
        ],
    )
    def test_keys_of_machines(self, text: str, generated: bool, mixed: bool) -> None:
        assert (is_generated(text), is_mixed(text)) == (generated, mixed)

    @pytest.mark.parametrize(
        ("text", "chosen"),
        [
            ("Zielony-las7", True),
            ("Burek2019,", True),
            ("5pm-9pm", False),
            ("17:30-20:00", False),
            ("anna2@polna.pl", False),
            ("raport-2.xlsx", False),
            ("Zielony-las", False),
        ],
    )
    def test_passwords_beside_a_login(self, text: str, chosen: bool) -> None:
        assert is_chosen(text) is chosen

    @pytest.mark.parametrize(
        ("text", "real"),
        [
            ("jdbc:oracle:thin:hr/Wint3r-sale@ora7.polna.lan:1521/HR", True),
            ("jdbc:oracle:thin:hr/haslo@ora7.polna.lan:1521/HR", False),
            ("mysql://crm:Zx81kefir@10.2.0.7/klienci", True),
            ("mysql://root:password@10.2.0.7/klienci", False),
            ("mysql://crm:Zx81kefir@localhost/klienci", False),
            ("Server=db.polna.pl;Password=Zx81kefir", True),
            ("Server=db.polna.pl;Password=haslo", False),
        ],
    )
    def test_addresses(self, text: str, real: bool) -> None:
        assert is_connection_string(text) is real
