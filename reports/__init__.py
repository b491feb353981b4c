"""Tells how the policy works: `digest.build_mail` writes the weekly mail; `charts` draws every picture."""
