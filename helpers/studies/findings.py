"""What the chapters found, on one page, read from their stored tables."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from helpers.significance.calibration import exact_interval
from helpers.studies import calibration
from helpers.studies.factorization.worlds import NO_PAIR
from helpers.studies.gene_gene import bootstrap, error_power, leaks, per_pair
from helpers.studies.matrix import plan, tables
from helpers.studies.stores import Store

#: Chapters whose values are compared with published ones.
COMPARED = (
    "1-false-positives",
    "2-negative-data",
    "3-factorization-machines",
    "4-gene-gene",
    "5-nid",
)
#: Pages whose stored tables are read.
PAGES = (*COMPARED, "3-test", "4-pairs", "4-training", "6-matrix", "calibration")
NOTHING, SOMETHING = "nothing interacts", "something interacts"
LEVEL, TOO_MANY = 0.05, 0.06  # asked for; an interval wholly above it is too many calls
FEW = 20  # data sets below which a rate is hardly known
N_NETWORKS = 45  # of each control and padding in chapter 1
#: Ways to call an interaction in chapter 1: name on the page, name of the counts.
OF_NETWORKS = {
    "larger than for shuffled motifs": "size-shuffles",
    "held-out loss, paired": "paired",
    "held-out loss, unpaired": "unpaired",
}
NOT_RUN = "Not run yet."
DNA, GENES, NUMBERS = "DNA", "Genes", "Tables of numbers"
#: Held-out loss: its name in chapter 1, and in chapter 6 where motifs are asked about.
OF_MOTIFS = {
    "held-out loss, paired": "held-out loss, paired, motifs",
    "held-out loss, unpaired": "held-out loss, unpaired, motifs",
}
#: Tables of pairs of factors: what the sum may hold, as the page calls it.
OF_FACTORS = {
    "worlds-composition": "pairs of factors, labels redrawn",
    "worlds": "pairs of factors, composition left out",
}
BESIDE = "beside real pairs"  # as chapter 6 calls it
UNEVEN = ("beside one product", "beside a hub")
#: The worlds of chapter 4, by what its tables call them.
OF_GENES = dict(
    zip(error_power.WORLDS.values(), (NOTHING, SOMETHING, *UNEVEN), strict=True)
)


def calls(
    stores: Mapping[str, Store], values: Mapping[str, Mapping[str, float]]
) -> pd.DataFrame:
    """Return how often each way to call an interaction is wrong, and how often right.

    Only what the book asked about both kinds of data: where nothing interacts, and
    where something does. Of genes also beside one product and beside a hub.

    Parameters
    ----------
    stores : mapping of page to Store
        Of the paper size, see `PAGES`.
    values : mapping of chapter to mapping
        Paper-size values by quantity.

    Returns
    -------
    DataFrame
        data, way, world; false (share called at 5% of what does not interact) and
        found (share of true interactions called, after correction where many are
        asked about), each with the ends of its 95% interval, _low and _high, or NaN;
        sets (data sets, or networks).
    """
    rows = [
        *_of_networks(values["1-false-positives"]),
        *_of_factors(stores["3-test"]),
        *_of_genes(stores),
        *_of_numbers(stores["calibration"]),
    ]
    return pd.DataFrame(rows)


def _of_networks(counted: Mapping[str, float]) -> Iterable[dict]:
    """Yield what chapter 1 counts, both paddings together."""
    for way, name in OF_NETWORKS.items():
        for control, world in (("negative", NOTHING), ("positive", SOMETHING)):
            counts = [
                counted.get(f"count.{padding}.{control}.{name}", np.nan)
                for padding in ("valid", "same")
            ]
            if np.isnan(counts).any():
                continue
            sets = N_NETWORKS * len(counts)
            what = "false" if world == NOTHING else "found"
            row = {"data": DNA, "way": way, "world": world, "sets": sets}
            yield row | _share(sum(counts), sets, what)


def _of_factors(store: Store) -> Iterable[dict]:
    """Yield what the test of factor pairs says of the strongest pair.

    As it is offered, its sum bends with composition; beside it, without.
    """
    for step, way in OF_FACTORS.items():
        tested = store.paper(step, partial=True)
        if tested is None:
            continue
        called = tested["p"] <= LEVEL + 1e-9  # p-values are multiples of 1 / 200
        none = tested["kind"].isin(NO_PAIR)
        many = tested["kind"] == "ten pairs"
        for world, some, hits, what in (
            (NOTHING, none, called, "false"),
            (SOMETHING, many, called & tested["true"], "found"),
        ):
            yield (
                {"data": DNA, "way": way, "world": world, "sets": int(some.sum())}
                | _share(hits[some].sum(), some.sum(), what)
            )


def _of_genes(stores: Mapping[str, Store]) -> Iterable[dict]:
    """Yield what the tests of chapter 4 call at 20,000 people.

    Beside one product and beside a hub, too, where they were asked: what leaks there is
    uneven, and a test that was asked beside six pairs alone has not passed.
    """
    store = stores["4-pairs"]
    permuted = error_power.permuted_tables(
        store,
        stores["4-gene-gene"],
        stores["4-training"],
        drawn=bootstrap.asked_bootstrap(store, count=0, n_networks=1),
        uneven=leaks.asked_permuted(store, count=0, n_networks=1),
    )
    asked = per_pair.stored_worlds(store)
    both = error_power.errors_and_power(store, asked, permuted)
    if both.empty:
        return
    seen = both.groupby("test")["world"].agg(set)
    for row in both.to_dict("records"):
        if not seen[row["test"]] >= set(per_pair.NAMED.values()):
            continue
        found = {
            f"{what}{end}": row[f"{name}{end}"]
            for what, name in (("false", "at_5"), ("found", "power"))
            for end in ("", "_low", "_high")
        }
        way = row["test"]
        if not way.startswith("Perm "):  # those are names
            way = way[0].lower() + way[1:]
        about = {"data": GENES, "way": way, "world": OF_GENES[row["world"]]}
        yield about | {"sets": row["data_sets"]} | found


def _of_numbers(store: Store) -> Iterable[dict]:
    """Yield what the tests of tables call at 1,000 rows."""
    trials, rivals = (store.paper(name, partial=True) for name in ("trials", "rivals"))
    worlds = {"additive": NOTHING, "strong product": SOMETHING}
    found = []
    if trials is not None:
        rates = calibration.rates(trials, calibration.cells("paper"))
        here = rates["n_rows"].eq(1000) & rates["learner"].eq("networks")
        here &= rates["way"].eq(calibration.AS_IT_IS)
        found.append(rates[here].assign(rival="interaction test"))
    if rivals is not None:
        found.append(calibration.rival_rates(rivals))
    for row in pd.concat(found).to_dict("records") if found else ():
        if row["world"] not in worlds or not row["sets"]:
            continue
        about = {"data": NUMBERS, "way": row["rival"], "world": worlds[row["world"]]}
        false = {f"false{end}": row[f"rate{end}"] for end in ("", "_low", "_high")}
        about |= {"sets": int(row["sets"])} | false
        if pd.notna(row["power"]):  # of one true pair a data set
            about |= _share(row["power"] * row["sets"], row["sets"], "found")
        yield about


def _share(hits: float, of: int, name: str) -> dict[str, float]:
    """Return a share with its exact 95% interval, by three names."""
    low, high = exact_interval(round(hits), int(of))
    return {name: hits / of, f"{name}_low": low, f"{name}_high": high}


def calls_words(table: pd.DataFrame) -> str:
    """Say how many ways call too much, and which are not shown to."""
    if table.empty:
        return NOT_RUN
    guilty = _too_often(table)
    text = (
        f"Of {len(guilty)} ways to call an interaction **{guilty.sum()}** call too "
        "often, where nothing interacts or beside what does (interval wholly above "
        f"{TOO_MANY:.0%})."
    )
    kept = guilty.index[~guilty]
    return text + f" Not shown to: {_listed(kept)}." * bool(len(kept))


def named_words(table: pd.DataFrame) -> str:
    """Name the ways that call too much, and say what is not known of the others."""
    if table.empty:
        return NOT_RUN
    guilty = _too_often(table)
    kept = guilty.index[~guilty]
    worlds = table.groupby("way")["world"].agg(set)
    of_genes = set(table.loc[table["data"] == GENES, "way"])
    least = table.groupby("way")["sets"].min()
    unasked = [way for way in kept if way in of_genes and not worlds[way] & {*UNEVEN}]
    told = {
        "Too often": guilty.index[guilty],
        f"Never asked {' or '.join(UNEVEN)}, where leaks show": unasked,
        f"Known from fewer than {FEW} data sets of a kind": [
            way for way in kept if least[way] < FEW
        ],
    }
    return " ".join(
        f"{what}: {_listed(ways)}." for what, ways in told.items() if len(ways)
    )


def _too_often(table: pd.DataFrame) -> pd.Series:
    """Return by way whether it calls too much in some world."""
    return table.groupby("way", sort=False)["false_low"].max() > TOO_MANY


def _listed(names: Iterable[str]) -> str:
    return "; ".join(names)


def motif_words(table: pd.DataFrame, store: Store) -> str:
    """Say what is known of held-out loss as a test of motifs in a sequence model.

    Parameters
    ----------
    table : DataFrame
        Of `calls`: chapter 1 asked where nothing interacts.
    store : Store
        Of chapter 6, which asked beside real pairs too.
    """
    known = table[table["way"].isin(OF_MOTIFS) & (table["world"] == NOTHING)]
    if known.empty:
        return NOT_RUN
    told = "; ".join(
        f"{row.way.partition(', ')[2]}: {row.false:.0%} of {row.sets} networks are "
        f"called ({row.false_low:.0%} to {row.false_high:.0%})"
        for row in known.itertuples()
    )
    text = f"**Held-out loss for motifs**, where nothing interacts, at 5%: {told}. "
    cells = _matrix_cells(store)
    beside = pd.DataFrame() if cells is None else tables.false_calls(cells)
    if len(beside):
        of_motifs = beside["method"].isin(OF_MOTIFS.values())
        beside = beside[of_motifs & (beside["place"] == BESIDE)]
    if beside.empty:
        return f"{text}Beside real pairs it was not asked yet."
    rates = ", ".join(
        f"{row.method.split(', ')[1]} {row.rate:.1%}" for row in beside.itertuples()
    )
    sets = int(beside["sets"].min())
    text += (
        f"Beside real pairs [chapter 6](chapters/6-matrix.ipynb) has {sets} data sets "
        f"of sequences, in which null pairs were called so often: {rates}. "
    )
    return text + (
        "That is too few for an error rate: a call says that *this network* predicts "
        "better with the pair, and no more."
        if sets < FEW
        else "Compare with 5%."
    )


def _matrix_cells(store: Store) -> pd.DataFrame | None:
    """Return all stored cells of chapter 6, or None."""
    found = [store.paper(name, partial=True) for name in plan.steps("paper")]
    found = [table for table in found if table is not None]
    return pd.concat(found, ignore_index=True) if found else None


def answers(
    stores: Mapping[str, Store],
    values: Mapping[str, Mapping[str, float]],
    verdicts: Mapping[str, str],
) -> pd.DataFrame:
    """Return a line a chapter: its question, what its stored runs say, its verdicts.

    Parameters
    ----------
    stores, values
        As for `calls`.
    verdicts : mapping of chapter to str
        How many claims reproduce, in words.
    """
    said = {
        "1-false-positives": _say_networks(values["1-false-positives"]),
        "2-negative-data": _say_negatives(values["2-negative-data"]),
        "3-factorization-machines": _say_factors(values["3-factorization-machines"]),
        "4-gene-gene": _say_genes(list(_of_genes(stores))),
        "5-nid": _say_weights(values["5-nid"]),
        "6-matrix": _say_matrix(stores["6-matrix"]),
    }
    titles = (
        "Do networks report interactions that are not there?",
        "What do negatives teach, and what does attribution see?",
        "Does a product of filters name pairs of factors?",
        "Which genes interact, and which test can say so?",
        "Do the weights alone tell?",
        "Which method for which data?",
    )
    return pd.DataFrame(
        {
            "Question": f"[{title}](chapters/{chapter}.ipynb)",
            "What the stored runs say": words,
            "Claims": verdicts.get(chapter, "a comparison of our own"),
        }
        for title, (chapter, words) in zip(titles, said.items(), strict=True)
    )


def _of(known: Mapping[str, float], names: Iterable[str]) -> list[float]:
    """Return values by quantity, NaN for those that have not run."""
    return [float(known.get(name, np.nan)) for name in names]


def _say_networks(counted: Mapping[str, float]) -> str:
    rows = {(row["way"], row["world"]): row for row in _of_networks(counted)}
    if len(rows) < 2 * len(OF_NETWORKS):
        return NOT_RUN
    size, paired, unpaired = OF_NETWORKS
    false = {way: rows[way, NOTHING] for way in OF_NETWORKS}
    count = {way: round(row["false"] * row["sets"]) for way, row in false.items()}
    found = min(rows[way, SOMETHING]["found"] for way in (paired, unpaired))
    return (
        f"Of {false[size]['sets']} networks on data that only add, {count[size]} show "
        f"an interaction larger than for shuffled motifs. On held-out data "
        f"{count[paired]} (paired) and {count[unpaired]} (unpaired) need it; where the "
        f"data hold one, each of the two tests calls "
        + ("all." if found == 1 else f"at least {found:.1%}.")
    )


def _say_negatives(known: Mapping[str, float]) -> str:
    names = [
        f"{name}.{kind}{end}"
        for name, end in (("text.negatives", ""), ("table5.IG", ".1"))
        for kind in ("with", "without")
    ]
    told, untold, hidden, seen = _of(known, names)
    if np.isnan([told, untold, hidden, seen]).any():
        return NOT_RUN
    text = (
        f"Networks that saw motifs among the negatives tell {told:.0%} of all "
        f"negatives, the others {untold:.0%}. Integrated gradients find a single motif "
        "in the first with an area under the precision-recall curve of "
        f"{hidden:.2f}, in the others of {seen:.2f} (guessing .05: its share of bases)"
    )
    return text + (
        ": what predicts better shows less." if told > untold and hidden < seen else "."
    )


def _say_factors(known: Mapping[str, float]) -> str:
    machine, total, right = _of(known, ("e3.auc", "e5.auc", "e4.correct"))
    if np.isnan([machine, total, right]).any():
        return NOT_RUN
    return (
        f"Where pairs decide, a factorization machine has an area under the ROC curve "
        f"of {machine:.2f}, a sum of filters {total:.2f} (guessing .5). Of its ten "
        f"strongest pairs of filters "
        f"{right:.1f} are partners."
    )


def _say_genes(rows: list[dict]) -> str:
    false = {(row["way"], row["world"]): row["false"] for row in rows}
    ways = "Perm I", "test of each pair"
    if any((way, world) not in false for way in ways for world in (NOTHING, SOMETHING)):
        return NOT_RUN
    told = [
        f"{way} calls {false[way, NOTHING]:.1%} of pairs at 5% where none interacts, "
        f"{false[way, SOMETHING]:.1%} of the null pairs beside six that do"
        for way in ways
    ]
    return f"{told[0]}. The {told[1]}, without permutations."


def _say_weights(known: Mapping[str, float]) -> str:
    methods = ("mlp", "mlpm", "anova")
    network, with_main, anova = _of(known, [f"table2.{m}.mean" for m in methods])
    if np.isnan([network, with_main, anova]).any():
        return NOT_RUN
    return (
        "They rank: true pairs of ten functions come first with a mean area under the "
        f"ROC curve of {network:.2f}, {with_main:.2f} with main effects apart, "
        f"{anova:.2f} by ANOVA. They do not test: a ranking has no error rate, and "
        "data without any interaction have a first pair too."
    )


def _say_matrix(store: Store) -> str:
    table = _matrix_cells(store)
    if table is None:
        return NOT_RUN
    advice = tables.recommended(table, tables.summary(table))
    told = [
        f"*{row['take']}* for {row['data']}"
        + (f" ({row['only']})" if row["only"] else "")
        for row in advice.to_dict("records")
        if row["question"] == "Which pairs first?" and row["take"] != "–"
    ]
    return f"What ranks best and is cheap differs by the data: {_listed(told)}."
