"""An independent judge of both problems for tiny networks, written from the contract's sentences alone.

It shares no code with ``judge``: plain values (plain.py), its own inference (forward.py), and decisions that enumerate
the legitimate choices (weights.py, channels.py). draw.py makes right answers and damages them, convert.py shows the
same network and answer to the checkers.

    python -m pytest tests/oracle                              some hundred answers
    ORACLE_EXAMPLES=5000 python -m pytest tests/oracle         thousands, other ones each time
"""
