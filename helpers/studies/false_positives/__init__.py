"""Chapter 1: interactions that are not there, and which tests notice.

`worlds` makes sequences and counts, `training` the networks, `measures` describes a
predictor by effects and tests. `stages`, `power`, `poisson` and `tabular` hold one
experiment each; `tables` makes what the pages show, `values` what is compared with the
paper.
"""
