"""Building blocks for hidden tests.

draft.py       what a package's generator yields: the calls of a test before it has a name
families.py    networks by kind: MLPs, CNNs, residual ones
gaps.py        moves apart what lies too close, so that no test hangs on rounding
fractions.py   fractions to prune, among them those that binary floating point gets wrong
magnitudes.py  weights that are close, and yet apart
norms.py       channels whose norms are easily reckoned wrong, or equal
odd.py         legal networks that nobody expects
orders.py      layers in every order and with every setting that networks have
sequences.py   calls in a row: what may neither be remembered nor handed out twice
tiny.py        hundreds of networks of a few small numbers, for what no list of tests foresees
trained/       networks trained on real digits
"""
