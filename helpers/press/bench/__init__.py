"""Measure how fast things are, against the obvious way and what the machine can do.

`training` times networks, `attributions`, `simulation` and `windows` what their names
say; `command` is `python -m helpers.bench`.
"""
