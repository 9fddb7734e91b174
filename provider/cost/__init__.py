"""What a change costs, read from what the tools print of a plan, and shown to the person who approves it.

``document`` recognises a format, ``terraform`` and ``pulumi`` read it into the model, ``pricing`` makes costs of it,
``report`` sums up, ``ahead`` looks ahead, and ``markdown``, ``breakdown`` (JSON) and ``page`` (HTML) write it; the
table is the command line's.
Pure: no home is opened, no tool is run, today's date is an argument. Called by ``qualit cost``.
"""
