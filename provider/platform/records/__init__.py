"""Rows as values, one module a subject. Every function works in the transaction whose connection it is given."""
