"""Qual.IT as code: the provider, from the plugin protocols down to the platform that sells the servers."""

__version__ = "0.1.0"
