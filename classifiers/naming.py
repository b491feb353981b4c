"""Who a post names: us, or which of our competitors. Counted for the share of voice; it alarms nobody."""

from dataclasses import dataclass

from classifiers.rules.context import BrandTerms, RuleContext
from classifiers.rules.scan import Scanner, Text
from classifiers.rules.terms import Form, name_forms, short_name_forms
from core.types import Reading, Scope, Voice

US = ""
_PUBLIC = (Scope.MENTION, Scope.OFFICIAL)


@dataclass(frozen=True, slots=True)
class Naming:
    """The names that are looked for: `groups` are a brand's index and the competitor's name, '' for ours."""

    context: RuleContext
    groups: tuple[tuple[int, str], ...]
    scanner: Scanner

    @classmethod
    def of(cls, context: RuleContext) -> "Naming":
        """Of the brands that have competitors; the others are compared with nobody."""
        groups = tuple(
            (index, name)
            for index, brand in enumerate(context.brands)
            if brand.competitors
            for name in (US, *dict.fromkeys(brand.competitors))
        )
        forms = {(number, ""): _forms(context.brands[index], name) for number, (index, name) in enumerate(groups)}
        return cls(context, groups, Scanner(forms))

    def named(self, reading: Reading, lang: str) -> tuple[str, ...]:
        """The competitors that a post of the public names, and '' for us: whatever came in and names none of them is about us."""
        brands = set(self.context.applying(reading.brand)) & {index for index, _ in self.groups}
        if not brands or reading.voice is not Voice.PUBLIC or reading.scope not in _PUBLIC:
            return ()
        seen = {self.groups[number] for number in self.scanner.scan(Text.of(reading.text, lang))}
        rivals = sorted({name for index, name in seen if index in brands and name != US})
        return (US, *rivals) if not rivals or any((index, US) in seen for index in brands) else tuple(rivals)


def _forms(brand: BrandTerms, name: str) -> set[Form]:
    """Every form of one name, or of all of ours."""
    names = [each for each in (brand.name, *brand.terms, *brand.domains) if each] if name == US else [name]
    return {form for each in names for form in name_forms(each) | short_name_forms(each)}
