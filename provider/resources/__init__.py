"""The declarative resources, protocol-neutral: what each declares, plans and applies.

``schema`` has the words a resource is stated in, ``model`` the operations, and ``vps``, ``order`` and
``resource`` one resource each; ``data_sources`` what can be looked up. No plugin protocol is known here.
"""
