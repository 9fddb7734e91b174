"""What can be looked up: ``sold`` is the catalogue, ``owned`` what the account has, ``price`` what would be charged."""
