"""Who was told, as an incident's page shows it."""

from core.sending import Outcome, Pages, Tried
from core.types import Contact
from tests.web.site import NOW, Site


def test_what_nobody_answered_is_shown_as_perhaps_arrived(site: Site) -> None:
    """The first try of one page gets no answer, and the page stands as perhaps arrived until a try is answered."""
    incident = site.store.incidents.card(site.city.safety).row
    contact = Contact(kind="email", address="anna@polna.example", channel="mail", person="anna", language="pl")
    paged = Pages(
        incident_id=incident.incident_id,
        version=incident.version,
        kind="page",
        contacts=(contact,),
        step=1,
        repeated=0,
        next_step_at=None,
        reason="step_due",
    )
    assert site.store.incidents.apply_pages([paged], NOW) == 1
    taken = site.store.deliveries.lease_due(NOW, 10, site.context.settings.alerting.group_for)
    [due] = [one for one in taken if one.contact == contact]
    late = Tried(delivery_id=due.delivery_id, token=due.token, outcome=Outcome.RETRY, reason="timeout", retry_at=NOW, may_have_arrived=True)
    site.store.deliveries.record(late, NOW)
    for language, words in (("en", "may have arrived, under way"), ("pl", "mogło dotrzeć, w drodze")):
        with site.client(language=language) as client:
            assert words in client.get(f"/incidents/{incident.incident_id}").text
