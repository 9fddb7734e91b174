"""The command line ``qualit``: one module a group of commands, each a thin layer over the backend and the commerce."""
