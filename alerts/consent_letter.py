"""The letters about a consent: what somebody is asked, and to whoever asked what was answered."""

from zoneinfo import ZoneInfo

from alerts.headlines import speak
from alerts.letter import Words, when
from core.consent import Consent, ConsentState
from core.labels import platform_name


def asked_words(one: Consent, by: str, company: str, language: str, topic: str, page: str, zone: ZoneInfo) -> Words:
    """To the person whose account it is. `page` is where the notice stands and where they decide."""
    say = speak(language)
    account = _account(one)
    first = say.say(
        "{name} asks whether {company} may collect what you post there in public: {account}.", name=by, company=company, account=account
    )
    second = say.say("Nothing is collected unless you agree. A no has no consequence, and what you agree to you can take back at any time.")
    third = say.say("The exact notice and your answer are here, until {time}:", time=when(one.expires_at, zone, language))
    subject = say.say("You are asked about your account: {account}", account=account)
    return Words(subject=subject, paragraphs=[first, second, third, page], language=language, topic=topic)


def answered_words(one: Consent, name: str, language: str, topic: str, page: str) -> Words:
    """To whoever asked: that the person agreed, or took it back."""
    say, account = speak(language), _account(one)
    if one.state is ConsentState.GRANTED:
        subject = say.say("{name} agrees: {account}", name=name, account=account)
        first = say.say("What they post there is collected as soon as a source of scope employee names the account.")
    else:
        subject = say.say("Consent taken back: {account}", account=account)
        first = say.say("Nothing more is collected, and what was collected is erased. Take the source out of the configuration.")
    return Words(subject=subject, paragraphs=[first, page], language=language, topic=topic)


def _account(one: Consent) -> str:
    return f"{one.account} ({platform_name(one.platform)})"
