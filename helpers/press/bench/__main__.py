"""`python -m helpers.press.bench`."""

from helpers.press.bench.command import main

if __name__ == "__main__":
    main()
