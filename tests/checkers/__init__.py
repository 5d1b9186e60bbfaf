"""Each rule of ``judge/checkers`` as a product: answers it must pass, answers it must refuse, and what it then says.

tables/<rule>.toml holds them. An answer is the right one changed by a line or two of Python: the slip that a candidate
might make. ``rows.py`` says what a line may use; ``networks.py`` has the networks.
"""
