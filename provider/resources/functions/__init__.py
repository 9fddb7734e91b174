"""The provider's functions: pure, of a catalogue that was looked up before.

``model`` says what a function is, ``sizing`` states them; ``arguments`` reads what a user wrote, ``answers`` computes.
"""

from provider.resources.functions.model import ArgumentError, Function, UnknownArgumentError
from provider.resources.functions.sizing import FUNCTIONS

__all__ = ["FUNCTIONS", "ArgumentError", "Function", "UnknownArgumentError"]
