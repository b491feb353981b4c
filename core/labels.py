"""What labels, severities and offices are called, in one short phrase each, in both languages: for messages, pages and reports alike."""

from pathlib import Path

from core.i18n import words

ROOM = Path(__file__).resolve().parent

LABELS = {
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
    "crisis.numbers": "Crisis seen in the numbers",
    "account": "Something is wrong with an account",
    "account.impostor": "Account posing as us",
    "account.takeover": "Our account may be taken over",
    "account.unregistered": "Account that uses our brand and is in no register",
    "account.review_due": "Account: nobody has looked for long",
    "account.owner_left": "Account: who answers for it has left",
    "account.access_left": "Account: somebody who left still has access",
    "account.no_two_factor": "Account without two-factor sign-in",
    "account.single_access": "Account: only one person has access",
    "account.gone": "Account: the platform no longer has it",
    "account.renamed": "Account: its handle has changed",
}

SEVERITIES = {"critical": "critical", "high": "high", "medium": "medium", "low": "low", "info": "info"}
OFFICES = {"legal": "Legal", "security": "Security", "privacy": "Privacy", "pr": "Press", "hr": "People", "compliance": "Compliance"}
CRISIS_PARTS = {"lead": "Lead", "spokesperson": "Spokesperson", "legal": "Legal adviser", "log_keeper": "Log keeper"}
"""What somebody does in a crisis."""


_PLATFORMS = {"x": "X", "rss": "RSS"}


def label_name(label: str, language: str) -> str:
    """What a label says: "Late or lost parcels". A label without words of its own is called like its nearest ancestor."""
    parts = label.split(".")
    known = next((key for n in range(len(parts), 0, -1) if (key := ".".join(parts[:n])) in LABELS), None)
    return words(ROOM, language).say(LABELS[known]) if known else label


def severity_name(severity: str, language: str) -> str:
    """The word for a severity."""
    return words(ROOM, language).say(SEVERITIES.get(severity, severity))


def office_name(office: str, language: str) -> str:
    """What an office is called; one of a company's own keeps its id."""
    return words(ROOM, language).say(OFFICES.get(office, office))


def part_name(part: str, language: str) -> str:
    """What somebody does in a crisis."""
    return words(ROOM, language).say(CRISIS_PARTS[part])


def platform_name(platform: str) -> str:
    """How a platform writes itself."""
    return _PLATFORMS.get(platform, platform[:1].upper() + platform[1:])
