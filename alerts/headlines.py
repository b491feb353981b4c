"""What an incident is called, by its label: one short phrase in the reader's language."""

from pathlib import Path

from core.i18n import Words, words

ROOM = Path(__file__).resolve().parent

HEADLINES = {
    "sentiment.negative": "Negative posts",
    "sentiment.neutral": "Neutral posts",
    "sentiment.positive": "Positive posts",
    "complaint": "Complaints",
    "complaint.delivery": "Late or lost parcels",
    "complaint.billing": "Complaints about billing",
    "complaint.quality": "Complaints about quality",
    "complaint.service": "Complaints about service",
    "complaint.outage": "Outage reported",
    "complaint.safety": "Safety: someone may be harmed",
    "complaint.other": "Complaints of other kinds",
    "complaint.workplace": "Complaint about us as an employer",
    "question": "Question to us",
    "praise": "Praise",
    "leak": "Possible leak",
    "leak.confidential": "Leak: confidential document",
    "leak.codename": "Leak: code name",
    "leak.finance": "Leak: unpublished financial figures",
    "leak.pii": "Leak: personal data",
    "leak.pii.pesel": "Leak: PESEL number",
    "leak.pii.nip": "Leak: tax number (NIP)",
    "leak.pii.id_card": "Leak: identity card number",
    "leak.pii.iban": "Leak: bank account number",
    "leak.pii.card": "Leak: payment card number",
    "leak.pii.phone": "Leak: private phone number",
    "leak.pii.email": "Leak: private e-mail address",
    "leak.pii.address": "Leak: home address",
    "leak.pii.health": "Leak: health data",
    "leak.secret": "Leak: credentials",
    "leak.secret.password": "Leak: password",
    "leak.secret.api_key": "Leak: API key",
    "leak.secret.private_key": "Leak: private key",
    "leak.secret.token": "Leak: access token",
    "leak.secret.connection_string": "Leak: database credentials",
    "leak.internal": "Leak: internal material",
    "policy": "Possible breach of the policy",
    "policy.insult": "Insult or threat",
    "policy.politics": "Politics or religion from our side",
    "policy.competitor": "Our side runs a competitor down",
    "policy.finance_talk": "Our side talks about finances",
    "policy.undisclosed": "Praise by staff without disclosure",
    "policy.quarrel": "Our side feeds a quarrel",
    "policy.hashtag": "Forbidden hashtag or tag",
    "policy.copyright": "Someone else's work used without leave",
    "crisis": "Possible crisis",
    "crisis.boycott": "Crisis: call for a boycott",
    "crisis.legal": "Crisis: legal threat",
    "crisis.press": "Crisis: question from the press",
    "crisis.breach": "Crisis: claim that our data were stolen",
    "crisis.conduct": "Crisis: misconduct alleged",
    "crisis.safety": "Crisis: several people harmed",
    "account": "Something is wrong with an account",
    "account.impostor": "Account posing as us",
    "account.takeover": "Our account may be taken over",
}

SEVERITIES = {"critical": "critical", "high": "high", "medium": "medium", "low": "low", "info": "info"}

PLATFORMS = {
    "x": "on X",
    "facebook": "on Facebook",
    "instagram": "on Instagram",
    "mastodon": "on Mastodon",
    "bluesky": "on Bluesky",
    "reddit": "on Reddit",
    "rss": "in a news feed",
    "file": "in an imported file",
}

NAMES = {"x": "X", "rss": "RSS"}


def speak(language: str) -> Words:
    """The words of this room."""
    return words(ROOM, language)


def headline(label: str, term: str, language: str) -> str:
    """The phrase for a label, or for its nearest ancestor; `term` is the code name, where one was seen."""
    spoken = speak(language)
    if label == "leak.codename" and term:
        return spoken.say('Leak: code name "{term}"', term=term)
    parts = label.split(".")
    known = next((key for n in range(len(parts), 0, -1) if (key := ".".join(parts[:n])) in HEADLINES), None)
    return spoken.say(HEADLINES[known]) if known else label


def where(platform: str, language: str) -> str:
    """On which platform: "on X", „na Facebooku”."""
    known = PLATFORMS.get(platform)
    return speak(language).say(known) if known else speak(language).say("on {platform}", platform=platform_name(platform))


def platform_name(platform: str) -> str:
    """How a platform writes itself."""
    return NAMES.get(platform, platform[:1].upper() + platform[1:])


def reach(followers: int | None, language: str) -> str:
    """How many follow an author: "12 k followers"; unknown is said to be unknown."""
    spoken = speak(language)
    if followers is None:
        return spoken.say("reach unknown")
    if followers < 1000:
        return spoken.count("{n} follower", "{n} followers", followers)
    short, unit = (followers / 1_000_000, "{n} M followers") if followers >= 999_500 else (followers / 1000, "{n} k followers")
    return spoken.say(unit, n=_decimal(short, language))


def _decimal(value: float, language: str) -> str:
    """One digit after the point below ten, none from there on; whole numbers without."""
    text = f"{value:.1f}".removesuffix(".0") if value < 9.95 else f"{value:.0f}"
    return text.replace(".", ",") if language == "pl" else text
