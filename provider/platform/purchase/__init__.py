"""A purchase: place, pay, deliver, or give the money back.

Each step takes an order's id, looks before it acts, and may be run again at any time.
"""
