"""How an ensemble is trained: losses, penalties, optimisers, passes, chunks."""
