"""What can go wrong, as a tree:

QualitError            refused or failed, with the reason and what to do
└── PluginError        the plugin process did not start, or ended
"""

from __future__ import annotations


class QualitError(Exception):
    """Qual.IT refuses, or could not do, what was asked; the text says why and what to write instead."""


class PluginError(QualitError):
    """The plugin process is not there."""
