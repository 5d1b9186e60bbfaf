"""Pictures, made on the server as SVG: without scripts, without inline styles, in the colours of the style sheet.

svg.py      elements, escaped
grids.py    the tables of a report, read back as arrays
heatmap.py  a weight array with what was pruned of it
norms.py    the norms of a layer's channels, and the cut between those that go and those that stay
curves.py   accuracy against sparsity
gallery.py  which pictures a counterexample has, each with the same in a table
"""
