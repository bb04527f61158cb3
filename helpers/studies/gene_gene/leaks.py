"""Do false pairs follow genes? What is called by how many genes are in a true pair.

The *pattern* of Perm I divides scores by their median and so takes it that what leaks
from a real pair leaks evenly. One product and a hub are where it need not. Declared
before the first run there, twenty data sets each of `per_pair`, 19 permutations and
five networks as in the chapter: the pattern leaks along genes if the 95% interval of
the share called at 5 %, of false pairs that share a gene with a true product, lies
above 5%. Expected: it does in both worlds; under maxT fewer than 5% of these pairs
are called all the same, since its bar is high.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers.device import Device
from helpers.studies.gene_gene.designs import shapes_of, training
from helpers.studies.gene_gene.per_pair import (
    PART,
    WORLDS,
    as_expected,
    data_set,
    in_words,
    over_sets,
    steps_of,
)
from helpers.studies.gene_gene.permuting import LEVEL, is_called, pair_rows
from helpers.studies.gene_gene.stored_worlds import asked_worlds, rows_of_sets
from helpers.studies.gene_gene.study import study
from helpers.studies.stores import Store
from helpers.truth.genotypes import PUBLISHED_TERMS

UNEVEN = ("one product", "hub of four")
SCHEME, MOST_NETWORKS = "Perm I", 5


def ask_permuted(
    *,
    world: str,
    numbers: Sequence[int],
    people: tuple[int, int],
    n_networks: int,
    n_permutations: int,
    max_epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test every pair of data sets of a world by Perm I; one row a pair.

    Columns: as of `bootstrap.ask_bootstrap`.
    """

    def of_set(number: int) -> pd.DataFrame:
        panel, trait, parts = data_set(world, number=number, people=people, seed=seed)
        found = study(
            panel,
            trait.values,
            parts,
            n_permutations=n_permutations,
            n_networks=n_networks,
            training=training(panel.n_people, max_epochs=max_epochs),
            seed=1_000 * seed + number,
            device=device,
        )
        observed = found.observed
        form = shapes_of(trait, observed.sets)
        return pair_rows(number, observed, found.null["I"], form)

    return rows_of_sets(numbers, of_set).assign(scheme=SCHEME)


def asked_permuted(
    store: Store, *, count: int, n_networks: int, **shared: object
) -> dict[str, pd.DataFrame]:
    """Return the tables of the worlds, as `stored_worlds.asked_worlds`.

    **shared : people, n_permutations, max_epochs and seed of `ask_permuted`
    """
    return asked_worlds(
        store,
        ask_permuted,
        steps_of("permuted", UNEVEN),
        count=count,
        in_part=PART,
        minutes=0.5,
        revision=1,
        n_networks=min(n_networks, MOST_NETWORKS),
        **shared,
    )


def called_by_genes(
    table: pd.DataFrame, column: str, terms: Sequence[tuple] = PUBLISHED_TERMS
) -> dict[int, dict[str, float]]:
    """Return the share of false pairs called at 5%, by how many genes are in products.

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
        (95%, over data sets).
    """
    false = table[table["form"] == "none"].reset_index(drop=True)
    shared = _shared(false, terms)
    called, number = is_called(false[column]), false["data_set"]
    return {
        int(k): {"n": int((shared == k).sum())}
        | over_sets(called[shared == k], number, "share")
        for k in sorted(shared.unique())
    }


def called_sharing(
    table: pd.DataFrame, column: str, terms: Sequence[tuple] = PUBLISHED_TERMS
) -> dict[str, float]:
    """Return the same of all false pairs that share a gene with a true product."""
    false = table[table["form"] == "none"].reset_index(drop=True)
    sharing = _shared(false, terms) > 0
    called = is_called(false[column])[sharing]
    return {"n": int(sharing.sum())} | over_sets(called, false["data_set"], "share")


def _shared(false: pd.DataFrame, terms: Sequence[tuple]) -> pd.Series:
    """Return how many genes of each pair are in true products: 0, 1 or 2."""
    genes = {str(k + 1) for i, j, shape in terms if shape == "product" for k in (i, j)}
    return false["pair"].map(lambda pair: len(genes & set(pair.split("-"))))


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
        ("Perm I, maxT of the pattern", of_perm, "maxT, level"),
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


def uneven_table(
    asked: Mapping[str, pd.DataFrame], permuted: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return `leak_table` of each world of `UNEVEN` that ran, one above the other."""
    tables = [
        leak_table(asked[world], permuted[world], WORLDS[world]["terms"])
        for world in UNEVEN
        if world in asked and world in permuted
    ]
    worlds = [world for world in UNEVEN if world in asked and world in permuted]
    named = [
        table.assign(World=world)[["World", *table.columns]]
        for world, table in zip(worlds, tables, strict=True)
    ]
    return pd.concat(named, ignore_index=True) if named else pd.DataFrame()


def uneven_text(permuted: Mapping[str, pd.DataFrame]) -> str:
    """Say whether the pattern leaks along genes, as it was declared."""
    said = []
    for world, table in permuted.items():
        terms = WORLDS[world]["terms"]
        nominal, bar = (
            called_sharing(table, column, terms)
            for column in ("p, level", "maxT, level")
        )
        leaks, low = nominal["share_low"] > LEVEL, bar["share"] < LEVEL
        said.append(
            f"Beside *{world}* the pattern calls {in_words(nominal, 'share')} of the "
            "false pairs that share a gene with a true product at 5%, "
            f"**{as_expected(leaks)} expected**, and {in_words(bar, 'share')} under "
            f"maxT, **{as_expected(low)} expected**."
        )
    return " ".join(said)
