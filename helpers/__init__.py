"""Is the interaction real? Test feature interactions learned by neural networks.

One road, travelled in one direction::

    truth / loaders / datasets -> networks -> ensemble -> detectors -> evaluation

Simulate data whose interactions are known, train many networks at once, detect
interactions, test them, compare with what was published.
"""

__version__ = "0.1.0"
