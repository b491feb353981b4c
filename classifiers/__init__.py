"""What a post says: rules and models, items in, findings out.

Entry points: `Classifiers.load(context, sentiment)` over a `RuleContext`, and `classifiers.jsonl.classify_lines`.
"""

from classifiers.rules.context import BrandTerms, RuleContext
from classifiers.understand import Classifiers

__all__ = ["BrandTerms", "Classifiers", "RuleContext"]
