"""What may be bought and what it costs: pure functions of their arguments.

The way through: ``catalogue`` says what is sold, ``policy`` what is allowed, ``pricing`` what it costs;
``proposal`` puts the three together for one change of one contract. No clock and no I/O in here: the day and
the catalogue are arguments.
"""
