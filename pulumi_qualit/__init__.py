"""Qual.IT for Pulumi: the SDK's package, which has no resources in this release.

The name is reserved here so that the distribution ``qualit`` installs it from the beginning. It must never import
the top-level name ``provider``, which in a user's program may be a file of the user's own.
"""
