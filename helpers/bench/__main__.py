"""`python -m helpers.bench`."""

from helpers.bench.command import main

if __name__ == "__main__":
    main()
