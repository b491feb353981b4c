"""How the shipped sentiment model is made: word pieces, n-gram heads, encoder, calibration, export.

Entry point: `python -m classifiers.sentiment.training`. Needs what `make .venv/train` installs.
"""
