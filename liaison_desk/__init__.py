"""Liaison Desk (联办席): the shared desk of a joint office against telecom fraud."""

__version__ = "0.1.0"
