"""Builds the classifiers from the settings: brands as rule terms, and the sentiment model that is configured."""

from collections.abc import Callable
from pathlib import Path

from alerts.takeover import BECAUSE as HABITS
from classifiers.rules.context import BrandTerms, RuleContext
from classifiers.rules.joint import BECAUSE
from classifiers.sentiment import runtime
from classifiers.sentiment.answers import SentimentModel
from classifiers.understand import Classifiers
from core.settings import Brand, Settings


def model_of(settings: Settings) -> SentimentModel:
    """The sentiment model. Raises ConfigError (its name), ClassifyError (it cannot be used)."""
    models = settings.models
    if models.backend == "torch":
        from classifiers.sentiment import torch_model

        return torch_model.load(models.sentiment or "", threads=models.threads)
    return runtime.load(Path(models.sentiment) if models.sentiment else None, threads=models.threads)


def classifiers_of(settings: Settings) -> Classifiers:
    """Rules and model together. Raises ConfigError (a pack, a model's name), ClassifyError (a model that cannot be used)."""
    return Classifiers.load(context_of(settings), model_of(settings))


def because_of(classifiers: Classifiers) -> Callable[[str, str], str]:
    """Why a detector speaks, in plain words of the reader's language; '' for one that no rule explains."""
    said = {f"{rule.id}@{rule.version}": rule.because for rule in classifiers.engine.packs.rules}

    def because(detector: str, language: str) -> str:
        words = said.get(detector)
        return (
            (BECAUSE.get(detector) or HABITS.get(detector) or {}).get(language, "")
            if words is None
            else words.pl
            if language == "pl"
            else words.en
        )

    return because


def context_of(settings: Settings) -> RuleContext:
    """The configured brands as the rules know them; what is `ours` in a source is no impostor."""
    return RuleContext(brands=tuple(_terms(brand, settings) for brand in settings.brand))


def _terms(brand: Brand, settings: Settings) -> BrandTerms:
    accounts = [name for source in settings.source if source.brand in (None, brand.id) for name in source.ours]
    return BrandTerms(
        id=brand.id,
        name=brand.name,
        terms=brand.terms,
        code_names=brand.code_names,
        competitors=brand.competitors,
        forbidden_hashtags=brand.forbidden_hashtags,
        forbidden_tags=brand.forbidden_tags,
        domains=brand.domains,
        industries=(brand.industry,) if brand.industry else (),
        accounts=tuple(dict.fromkeys(accounts)),
    )
