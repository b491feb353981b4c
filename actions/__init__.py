"""What people do: one function per act, used by pages, command line and chat buttons alike. Load, decide, apply.

`actions.incidents`, `actions.conversations`, `actions.easing`, `actions.duties`, `actions.sign_in`, `actions.watch`.
"""
