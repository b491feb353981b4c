"""A site on which a policy binds since before the evening's posts, and where people have the roles that a test wants."""

from collections.abc import Mapping
from datetime import timedelta

from actions import policy
from core.settings import Office, Person
from governance.clauses import STARTER
from tests.web.site import NOW, Site

NAMES = ("compliance", "hr", "legal", "pr", "privacy", "security", "care")


def bind(site: Site, roles: Mapping[str, str], approver: str = "anna") -> None:
    """The starter policy in force; `roles` by person, each called "Cora Kos" and alike."""
    people = tuple(Person(id=name, name=f"{name.title()} Kos", roles=(role,)) for name, role in roles.items())
    offices = tuple(Office(id=office, people=(approver,)) for office in NAMES)
    changed = {"person": (*site.context.settings.person, *people), "office": offices}
    site.context.settings = site.context.settings.model_copy(update=changed)
    before = NOW - timedelta(days=30)
    draft = policy.propose(site.store, site.context.settings, STARTER, "", approver, before)
    for office in draft.needs:
        policy.approve(site.store, site.context.settings, draft.number, office, approver, before)
    policy.publish(site.store, draft.number, None, approver, before)
