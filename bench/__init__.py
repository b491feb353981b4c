"""Measured side by side with peers, in one run: ratios hold on any machine, seconds do not.

Entry point: `python -m bench [NAME…]`. A bench is one file here with a `measure()` that yields `Figure`s; it is found by its name.
"""
