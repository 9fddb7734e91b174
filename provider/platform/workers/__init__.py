"""Who does the work of purchases: every process that orders runs them while it lives, and takes up what others left.

``buying`` is the way in of an apply, ``work`` that of ``qualit work``.
"""
