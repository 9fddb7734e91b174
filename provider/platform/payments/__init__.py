"""Taking money: the gateway port and its implementations."""
