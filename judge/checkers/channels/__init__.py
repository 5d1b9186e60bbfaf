"""Rules for removing whole channels (``structured_pruning``)."""
