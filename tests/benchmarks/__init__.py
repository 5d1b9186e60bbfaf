"""Speed, as ratios to ``python -c "import numpy"`` measured in one run: ``python -m tests.benchmarks``."""

import os

# As `judge` itself does, before NumPy is imported; the unit, a process of its own, is measured with it too.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
