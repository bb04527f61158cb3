"""Do false pairs follow genes? What is called by how many genes are in a true pair."""

from collections.abc import Sequence

import pandas as pd

from helpers.studies.gene_gene.per_pair import in_words, over_sets
from helpers.studies.gene_gene.permuting import is_called
from helpers.truth.genotypes import PUBLISHED_TERMS


def called_by_genes(
    table: pd.DataFrame, column: str, terms: Sequence[tuple] = PUBLISHED_TERMS
) -> dict[int, dict[str, float]]:
    """Return the share of false pairs called at 5 %, by how many genes are in products.

    Parameters
    ----------
    table : DataFrame
        Rows of `per_pair.ask_pairs` or of `permuting.tested`, of a world with these
        true pairs.
    column : str
        With the p-values.
    terms : sequence of (int, int, shape)
        Genes count whose true pair is a product: its leak is the largest.

    Returns
    -------
    dict
        0, 1 and 2, where there are such pairs -> n, and share, share_low, share_high
        (95 %, over data sets).
    """
    genes = {str(k + 1) for i, j, shape in terms if shape == "product" for k in (i, j)}
    false = table[table["form"] == "none"].reset_index(drop=True)
    shared = false["pair"].map(lambda pair: len(genes & set(pair.split("-"))))
    called, number = is_called(false[column]), false["data_set"]
    return {
        int(k): {"n": int((shared == k).sum())}
        | over_sets(called[shared == k], number, "share")
        for k in sorted(shared.unique())
    }


def leak_table(
    asked: pd.DataFrame,
    permuted: pd.DataFrame,
    terms: Sequence[tuple] = PUBLISHED_TERMS,
) -> pd.DataFrame:
    """Return the share of false pairs called, by how many of their genes are in others.

    Parameters
    ----------
    asked, permuted : DataFrame
        Rows of `per_pair.ask_pairs` and of `permuting.tested`, of a world with these
        true pairs.
    terms : sequence of (int, int, shape)
    """
    of_perm = permuted[permuted["scheme"] == "Perm I"]
    rows = []
    for test, table, column in (
        ("Perm I, nominal", of_perm, "p"),
        ("Perm I, maxT", of_perm, "maxT"),
        ("Perm I, nominal of the pattern", of_perm, "p, level"),
        ("Test of each pair, nominal", asked, "p"),
    ):
        found = called_by_genes(table, column, terms)
        line = {"Test": test, "Data sets": table["data_set"].nunique()}
        for k in range(3):
            line[f"{k} of its genes"] = (
                f"{in_words(found[k], 'share')} of {found[k]['n']}"
                if k in found
                else "–"
            )
        rows.append(line)
    return pd.DataFrame(rows)
