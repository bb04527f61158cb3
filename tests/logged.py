"""What steps of tests note down, and what they are told to return."""

CALLS = []
RETURNED = None


def take() -> list:
    """Return the calls so far, and forget them."""
    calls = CALLS[:]
    CALLS.clear()
    return calls
