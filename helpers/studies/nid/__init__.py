"""Chapter 5: interactions read from the weights of trained networks.

`worlds` holds the data and `training` the networks; every other file is named after
what it asks of them.
"""
