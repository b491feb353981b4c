"""What the configuration tells the rules: names by which we, our secrets and our rivals are known."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandTerms:
    """One brand's words. A term that starts with # or @ is a hashtag or a handle."""

    id: str
    name: str
    terms: tuple[str, ...] = ()
    code_names: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    forbidden_hashtags: tuple[str, ...] = ()
    forbidden_tags: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    """Whose rule packs are added."""
    accounts: tuple[str, ...] = ()
    """Names and handles of our own accounts, which cannot be impostors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleContext:
    """All configured brands. Without any, conditions that need a brand are false."""

    brands: tuple[BrandTerms, ...] = field(default=())

    def applying(self, brand: str | None) -> tuple[int, ...]:
        """Indexes of the brands that apply: the one named by id or name, or all when none or an unknown one is named."""
        named = (brand or "").casefold()
        chosen = tuple(i for i, terms in enumerate(self.brands) if named in (terms.id.casefold(), terms.name.casefold()))
        return chosen or tuple(range(len(self.brands)))
