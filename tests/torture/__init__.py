"""The proof that nothing is lost or charged twice: real processes, killed at every step and at any time."""
