"""Speed, as ratios to ``python -c "import numpy"`` measured in one run: ``python -m tests.benchmarks``."""
