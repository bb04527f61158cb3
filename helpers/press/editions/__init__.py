"""The book in other shapes: offline site, PDF, stored tables, a release.

    python -m helpers.editions zip --size quick    # the built pages, to read offline
    python -m helpers.editions pdf --size quick    # the same pages as one document
    python -m helpers.editions tables              # all stored tables, to cite
    python -m helpers.editions links --size quick  # do links to other sites lead there
    python -m helpers.editions release --tag v1.0  # all of these, packages, checksums

All go to `_build/release/`. `make zip`, `make pdf` and so on call these; what they
need has been built by `make book` before.
"""
