"""What the company's sign-in says of somebody who comes in: it keeps their entry of the people register."""

from dataclasses import replace
from datetime import datetime

from core.i18n import LANGUAGES
from core.oidc import OidcPeople
from core.readers import PROVIDER, Colleague
from core.settings import Settings
from core.types import Json
from storage import Store

LONGEST = {"name": 200, "email": 254, "department": 64, "role": 32}


def keep(store: Store, settings: Settings, person: str, claims: Json, now: datetime) -> bool:
    """Write down what the claims say of `person`, who has just signed in; False: nothing new, or nothing is to be kept."""
    table = settings.oidc.people if settings.oidc is not None else None
    if table is None:
        return False
    staff = {one.person: one for one in store.readers.staff()}
    known = staff.get(person) or _newcomer(settings, person, now)
    said = _said(table, claims)
    found = replace(
        known,
        name=said.get("name") or known.name or person,
        address=said.get("email") or known.address,
        language=_language(said.get("language", "")) or known.language,
        department=said.get("department") or known.department,
        role=said.get("role") or known.role,
        manager=_manager(said.get("manager", ""), person, staff) or known.manager,
        source=PROVIDER,
    )
    return bool(found.address) and store.readers.vouched(found, now)


def _newcomer(settings: Settings, person: str, now: datetime) -> Colleague:
    """Somebody of the configuration whom no sheet has named."""
    one = next((each for each in settings.person if each.id == person), None)
    mail = next((contact.removeprefix("email:") for contact in (one.contacts if one else ()) if contact.startswith("email:")), "")
    language = one.language if one is not None else settings.company.languages[0]
    return Colleague(person=person, name=one.name if one is not None else "", address=mail, language=language, joined_at=now)


def _said(table: OidcPeople, claims: Json) -> dict[str, str]:
    """Each word that is sent as a text, or as a list of which the first counts, on one line and no longer than is kept."""
    names = table.model_dump()
    found = {word: claims.get(claim) for word, claim in names.items() if claim}
    texts = {word: value[0] if isinstance(value, list) and value else value for word, value in found.items()}
    if claims.get("email_verified") is False and table.email == "email":
        texts.pop("email", None)
    return {word: " ".join(value.split())[: LONGEST.get(word, 256)] for word, value in texts.items() if isinstance(value, str)}


def _language(locale: str) -> str:
    """ "pl" of "pl-PL"; nothing of a language that we do not speak."""
    short = locale.replace("_", "-").partition("-")[0].lower()
    return short if short in LANGUAGES else ""


def _manager(said: str, person: str, staff: dict[str, Colleague]) -> str:
    """The colleague whose id or address that is, but nobody's own."""
    wanted = said.casefold()
    found = next((one.person for one in staff.values() if wanted and wanted in (one.person, one.address.casefold())), "")
    return found if found != person else ""
