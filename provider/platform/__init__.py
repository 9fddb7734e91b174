"""Qual.IT's side: it keeps the contracts, holds quotes, takes orders, gets them paid and delivers them."""
