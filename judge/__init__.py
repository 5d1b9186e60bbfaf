"""The pruning judge: hidden tests, confined submissions, feedback that teaches."""

__version__ = "0.1.0"
