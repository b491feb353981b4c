"""How a post feels: negative, neutral or positive, with a small transformer that ships in the repository.

Entry point: `classifiers.sentiment.runtime.load`.
"""
