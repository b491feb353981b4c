"""The linear model to beat: TF-IDF of words and character n-grams, logistic regression with classes weighed alike.

Needs scikit-learn (the test set of constraints.txt); imported only when it is asked for.
"""

import re
import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifiers.sentiment.data import Row
from classifiers.sentiment.text import normalise
from core.errors import ConfigError

STRENGTH = 4.0
STEPS = 150
WORDS = re.compile(r"\w+|[^\w\s]+")


def predicted(training: Sequence[Row], rows: Sequence[Row]) -> NDArray[np.float64]:
    """Fit the baseline on `training` and give its probabilities for `rows`, shape (rows, 3). Raises ConfigError without scikit-learn."""
    return fitted_on([row.text for row in training], [row.label for row in training], [row.text for row in rows])


def fitted_on(texts: Sequence[str], labels: Sequence[int], asked: Sequence[str]) -> NDArray[np.float64]:
    """Fit the baseline on texts with labels and give its probabilities for the texts asked, one column for each label."""
    try:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline, make_union
    except ImportError as error:
        raise ConfigError("the baseline needs scikit-learn: run `make .venv/test`") from error
    words = TfidfVectorizer(tokenizer=WORDS.findall, token_pattern=None, ngram_range=(1, 2), min_df=2, sublinear_tf=True, dtype=np.float32)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True, dtype=np.float32)
    model = make_pipeline(make_union(words, letters), LogisticRegression(C=STRENGTH, max_iter=STEPS, tol=1e-3, class_weight="balanced"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the last digits of a baseline are not worth its minutes
        model.fit([normalise(text) for text in texts], labels)
    answers: NDArray[np.float64] = model.predict_proba([normalise(text) for text in asked])
    return answers
