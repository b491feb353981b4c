"""A fictional dairy's week: posts and comments as files, and the player that lets them arrive.

Entry point: `python -m demo`, a process of its own. Nothing imports this room.
"""
