"""Who the customer is, as it stands on receipts.

``data`` is the value, ``check`` what may be stored, ``change`` stores it.
"""
