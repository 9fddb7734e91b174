"""The project's own promises: what its lock, its documents and its package say is so."""
