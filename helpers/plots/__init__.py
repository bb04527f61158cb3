"""Every figure of the book, in one house style: `style` for all, one file a chapter."""

from helpers.extras import extra

with extra("book"):
    from helpers.plots import (
        calibration,
        factors,
        false_positives,
        findings,
        gene_schemes,
        genes,
        genes_beyond,
        ladder,
        logos,
        matrix,
        negatives,
        network_checks,
        nid,
        nid_sets,
        own_sequences,
        own_table,
        pages,
        published,
        real_data,
        real_pairs,
        try_it,
    )
    from helpers.plots.style import COLOURS, use_style

__all__ = [
    "COLOURS",
    "calibration",
    "factors",
    "false_positives",
    "findings",
    "gene_schemes",
    "genes",
    "genes_beyond",
    "ladder",
    "logos",
    "matrix",
    "negatives",
    "network_checks",
    "nid",
    "nid_sets",
    "own_sequences",
    "own_table",
    "pages",
    "published",
    "real_data",
    "real_pairs",
    "try_it",
    "use_style",
]
