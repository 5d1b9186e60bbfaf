"""Frozen types that every floor above speaks in. No I/O, no words for a person."""
