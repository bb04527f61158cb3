"""PLINK genotype files -> a panel of genes, with a report of what was left out.

The road of a file: people and SNPs named -> SNPs given to genes -> filters on missing
genotypes, frequency and Hardy-Weinberg equilibrium -> missing genotypes filled ->
correlated SNPs pruned -> `Panel`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import gammaln

from helpers import checks
from helpers.data.panel import Panel, prune

BIM_COLUMNS = ("chromosome", "snp", "centimorgan", "position", "allele1", "allele2")
FAM_COLUMNS = ("family", "person", "father", "mother", "sex", "trait")
# PLINK's codes for X, Y, the pseudo-autosomal region and mitochondria in people.
NOT_AUTOSOMES = ("X", "Y", "XY", "MT", "M", "23", "24", "25", "26", "0")
_BED_START = b"\x6c\x1b\x01"  # PLINK 1 .bed, one SNP after the other


def read_bim(path) -> pd.DataFrame:
    """Read the SNPs of a PLINK data set, one row each in file order.

    Returns
    -------
    DataFrame
        chromosome (text, without "chr"), snp, centimorgan, position (bp; 0 =
        unknown), allele1, allele2.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a line has not 6 fields, a position is no number or a name comes twice.
    """
    table = _read_columns(path, BIM_COLUMNS)
    table["centimorgan"] = _numbers(path, table["centimorgan"])
    table["position"] = _numbers(path, table["position"]).astype(np.int64)
    table["chromosome"] = table["chromosome"].map(_plain_chromosome)
    _unique(path, table["snp"])
    return table


def read_fam(path) -> pd.DataFrame:
    """Read the people of a PLINK data set, one row each in file order.

    Returns
    -------
    DataFrame
        family, person, father, mother, sex, trait; all text.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a line has not 6 fields or a person comes twice.
    """
    table = _read_columns(path, FAM_COLUMNS)
    _unique(path, table["person"])
    return table


def read_gene_windows(path) -> pd.DataFrame:
    """Read genes from a BED file: chromosome, start, end, name; more is ignored.

    BED counts from 0 and leaves the end out. Lines that start with ``#``, ``track``
    or ``browser`` are skipped.

    Returns
    -------
    DataFrame
        chromosome (text, without "chr"), start, end (bp, half-open), gene.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a line has fewer than 4 fields, start and end are no whole numbers with
        0 <= start < end, a gene comes twice, or there is none.
    """
    rows = []
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip() or line.startswith(("#", "track", "browser")):
            continue
        fields = line.split()
        if len(fields) < 4:
            raise ValueError(
                f"{path} line {number} must have chromosome, start, end and gene; "
                f"got {len(fields)} fields."
            )
        if not (fields[1].isdigit() and fields[2].isdigit()):
            raise ValueError(
                f"{path} line {number} must have whole numbers as start and end; "
                f"got {fields[1]!r} and {fields[2]!r}."
            )
        start, end = int(fields[1]), int(fields[2])
        if start >= end:
            raise ValueError(
                f"{path} line {number} must have start below end; "
                f"got {start} and {end}."
            )
        rows.append((_plain_chromosome(fields[0]), start, end, fields[3]))
    if not rows:
        raise ValueError(f"{path} must name at least one gene; it names none.")
    windows = pd.DataFrame(rows, columns=["chromosome", "start", "end", "gene"])
    _unique(path, windows["gene"])
    return windows


def snps_in_windows(
    bim: pd.DataFrame, windows: pd.DataFrame, *, flank: int = 10_000
) -> dict[str, np.ndarray]:
    """Give each gene the SNPs within its window and `flank` bp on both sides.

    A SNP within reach of two genes goes to the nearer one (to the first of two it
    lies in), as a network that keeps genes apart must not see it twice.

    Parameters
    ----------
    bim : DataFrame
        From `read_bim`; both in the same genome build.
    windows : DataFrame
        From `read_gene_windows`.
    flank : int
        bp.

    Returns
    -------
    dict
        Gene -> rows of `bim` in order of position, empty where it has none.
    """
    flank = checks.integer("flank", flank, at_least=0)
    position = bim["position"].to_numpy() - 1  # .bim counts from 1
    distance = np.full(len(bim), np.inf)
    owner = np.full(len(bim), -1)
    for k, window in enumerate(windows.itertuples()):
        same = (bim["chromosome"] == window.chromosome).to_numpy() & (position >= 0)
        away = np.maximum(window.start - position, position - (window.end - 1))
        away = np.maximum(away, 0)
        nearer = same & (away <= flank) & (away < distance)
        distance[nearer], owner[nearer] = away[nearer], k
    return {
        gene: _in_order(bim, np.flatnonzero(owner == k), "position")
        for k, gene in enumerate(windows["gene"])
    }


def runs_of_snps(
    bim: pd.DataFrame, n_snps: int = 60, *, n_genes: int | None = None
) -> dict[str, np.ndarray]:
    """Declare runs of neighbouring SNPs as pseudo-genes, for thinned markers.

    Runs do not cross chromosomes; what is left at an end is unused. With `n_genes`,
    that many runs spread evenly over the genome.

    Returns
    -------
    dict
        "chr1:snps1-60" and so on -> rows of `bim`.
    """
    n_snps = checks.integer("n_snps", n_snps, at_least=1)
    runs = {}
    for chromosome, rows in _autosomes(bim):
        rows = _in_order(bim, rows, "position")
        for start in range(0, len(rows) - n_snps + 1, n_snps):
            name = f"chr{chromosome}:snps{start + 1}-{start + n_snps}"
            runs[name] = rows[start : start + n_snps]
    return _spread(runs, n_genes)


def runs_of_centimorgans(
    bim: pd.DataFrame, width: float = 10.0, *, n_genes: int | None = None
) -> dict[str, np.ndarray]:
    """Declare windows of genetic distance as pseudo-genes.

    Windows start at 0 cM of each chromosome; empty ones are left out. With `n_genes`,
    that many windows spread evenly over the genome.

    Returns
    -------
    dict
        "chr1:0-10cM" and so on -> rows of `bim`.
    """
    width = checks.number("width", width)
    if width <= 0:
        raise ValueError(f"width must be greater than 0 cM; got {width}.")
    runs = {}
    for chromosome, rows in _autosomes(bim):
        rows = _in_order(bim, rows, "centimorgan")
        window = np.floor(bim["centimorgan"].to_numpy()[rows] / width).astype(int)
        if not window.any() and len(rows) > 1:
            raise ValueError(
                f"bim must have genetic distances for windows of {width:g} cM; "
                f"chromosome {chromosome} has only values below that. "
                "Use runs_of_snps."
            )
        for k in np.unique(window):
            name = f"chr{chromosome}:{k * width:g}-{(k + 1) * width:g}cM"
            runs[name] = rows[window == k]
    return _spread(runs, n_genes)


def load_panel(
    bed,
    genes: Mapping[str, Sequence[int]],
    *,
    bim=None,
    fam=None,
    people: Sequence[str] | None = None,
    max_missing_snp: float = 0.05,
    max_missing_person: float = 0.05,
    min_maf: float = 0.01,
    min_hwe: float = 1e-6,
    max_r2: float = 0.8,
    not_autosomes: Sequence[str] = NOT_AUTOSOMES,
    empty_genes: str = "error",
) -> Panel:
    """Read genes from a PLINK data set, filter, fill and prune their SNPs.

    In this order: SNPs off the autosomes go; SNPs with too many missing genotypes;
    people with too many at the remaining SNPs; SNPs that are monomorphic, rare or out
    of Hardy-Weinberg equilibrium (exact test) in the remaining people. A missing
    genotype that is left becomes the SNP's most frequent one. Last, a SNP goes that
    is too correlated with an earlier one of its gene. Genes are read one at a time:
    memory is that of the result and one raw gene.

    Parameters
    ----------
    bed : str or Path
        PLINK 1 .bed file.
    genes : mapping
        Gene -> rows of the .bim file (0-based), from `snps_in_windows`,
        `runs_of_snps` or `runs_of_centimorgans`.
    bim, fam : str or Path, optional
        By default those beside `bed`.
    people : sequence of str, optional
        Within-family ids to read, in this order; by default all.
    max_missing_snp, max_missing_person : float
        Largest share of missing genotypes kept.
    min_maf : float
        Smallest minor allele frequency kept.
    min_hwe : float
        Smallest p-value of the Hardy-Weinberg test kept; 0 turns it off. Relatives
        and mixed populations fail it for reasons other than bad genotyping.
    max_r2 : float
        Largest squared correlation between two kept SNPs of a gene; 1 turns it off.
    not_autosomes : sequence of str
        Chromosome labels to leave out.
    empty_genes : {"error", "drop"}
        What to do with a gene that no SNP is left of.

    Returns
    -------
    Panel
        Allele 1 of the .bim file counted; `dropped` names every SNP, person and gene
        left out, with the reason, and the genotypes filled.

    Raises
    ------
    FileNotFoundError
        If one of the three files is missing.
    ValueError
        If the files disagree, a person is unknown, a SNP has two genes, or a gene
        has no SNP left.
    """
    bed = Path(bed)
    snps = read_bim(bim if bim is not None else bed.with_suffix(".bim"))
    family = read_fam(fam if fam is not None else bed.with_suffix(".fam"))
    _check_bed(bed, len(family), len(snps))
    limits = {
        "max_missing_snp": checks.number(
            "max_missing_snp", max_missing_snp, at_least=0, at_most=1
        ),
        "max_missing_person": checks.number(
            "max_missing_person", max_missing_person, at_least=0, at_most=1
        ),
        "min_maf": checks.number("min_maf", min_maf, at_least=0, at_most=0.5),
        "min_hwe": checks.number("min_hwe", min_hwe, at_least=0, at_most=1),
        "max_r2": checks.number("max_r2", max_r2, at_least=0, at_most=1),
    }
    checks.one_of("empty_genes", empty_genes, ("error", "drop"))
    columns = _person_rows(family, people)
    genes = _checked_genes(genes, len(snps))
    report = []
    reader = _Reader(bed, len(family), len(snps), columns)

    def drop(kind, items, reason):
        report.extend((kind, str(item), reason) for item in items)

    # First round: which SNPs and people have enough genotypes?
    missing_of_person = np.zeros(len(columns), dtype=int)
    n_kept = 0
    off_autosomes = snps["chromosome"].isin(list(not_autosomes)).to_numpy()
    names = snps["snp"].to_numpy()
    for gene, rows in genes.items():
        drop("SNP", names[rows[off_autosomes[rows]]], "not on an autosome")
        rows = rows[~off_autosomes[rows]]
        missing = reader.read(rows) < 0
        bad = missing.mean(axis=1) > max_missing_snp
        drop("SNP", names[rows[bad]], f"over {max_missing_snp:g} missing")
        genes[gene] = rows[~bad]
        missing_of_person += missing[~bad].sum(axis=0)
        n_kept += int((~bad).sum())
    bad = missing_of_person > max_missing_person * n_kept
    drop(
        "person",
        family["person"].to_numpy()[columns[bad]],
        f"over {max_missing_person:g} missing",
    )
    columns = reader.columns = columns[~bad]
    if not len(columns):
        raise ValueError(f"{bed} has no person with enough genotypes left.")

    # Second round: filters that depend on the people kept.
    kept, kept_rows, filled = {}, [], 0
    for gene, rows in genes.items():
        counts = reader.read(rows)
        reasons = _reasons(counts, min_maf, min_hwe)
        good = reasons == ""
        for reason in np.unique(reasons[~good]):
            drop("SNP", names[rows[reasons == reason]], reason)
        rows, counts = rows[good], counts[good]
        filled += _fill(counts)
        if max_r2 < 1 and len(rows):
            good = prune(counts, max_r2)
            drop("SNP", names[rows[~good]], f"r2 over {max_r2:g} with a kept SNP")
            rows, counts = rows[good], counts[good]
        if not len(rows):
            if empty_genes == "error":
                raise ValueError(
                    f"gene {gene!r} has no SNP left in {bed.name}; leave it out, "
                    'widen its window or use empty_genes="drop".'
                )
            drop("gene", [gene], "no SNP left")
            continue
        kept[gene] = counts
        kept_rows.append(rows)
    if not kept:
        raise ValueError(f"{bed} has no SNP left in any gene.")
    if filled:
        drop("genotypes", [filled], "missing, set to the SNP's most frequent")
    return Panel(
        np.concatenate(list(kept.values())),
        tuple(map(len, kept.values())),
        tuple(kept),
        tuple(names[np.concatenate(kept_rows)]),
        tuple(family["person"].to_numpy()[columns]),
        pd.DataFrame(report, columns=["kind", "item", "reason"]),
        {"bed": bed.name, "flanks and filters": limits, "n_filled": filled},
    )


def drop_summary(dropped: pd.DataFrame) -> pd.DataFrame:
    """Return how many items of each kind were dropped for each reason.

    Returns
    -------
    DataFrame
        kind, reason, n, example.
    """
    groups = dropped.groupby(["kind", "reason"], sort=False)["item"]
    return groups.agg(n="size", example="first").reset_index()


def hardy_weinberg_p(
    n_heterozygous: np.ndarray, n_first: np.ndarray, n_second: np.ndarray
) -> np.ndarray:
    """Return exact p-values of Hardy-Weinberg equilibrium, one a SNP.

    Given the allele counts, the p-value sums the probabilities of all numbers of
    heterozygous people that are no likelier than the observed one.

    Parameters
    ----------
    n_heterozygous, n_first, n_second : int arrays, shape (n_snps,)
        People with one copy, and with two copies of either allele.

    Source
    ------
    Wigginton, Cutler and Abecasis (2005), American Journal of Human Genetics 76:887.
    """
    return np.array(
        [
            _hwe(int(h), int(a), int(b))
            for h, a, b in zip(n_heterozygous, n_first, n_second, strict=True)
        ]
    )


class _Reader:
    """Read rows (SNPs) of a .bed file for chosen columns (people)."""

    def __init__(self, bed: Path, n_people: int, n_snps: int, columns: np.ndarray):
        self.bed, self.n_people, self.n_snps = bed, n_people, n_snps
        self.columns = columns

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return int8 allele counts (n_rows, n_columns); -127 is missing."""
        from bed_reader import open_bed

        if not len(rows):
            return np.empty((0, len(self.columns)), dtype=np.int8)
        with open_bed(
            self.bed,
            iid_count=self.n_people,
            sid_count=self.n_snps,
            num_threads=1,
        ) as file:
            counts = file.read(np.s_[self.columns, rows], dtype="int8", order="F")
        return counts.T  # (SNPs, people), each SNP contiguous


def _check_bed(bed: Path, n_people: int, n_snps: int):
    if not bed.is_file():
        raise FileNotFoundError(f"{bed} does not exist.")
    with open(bed, "rb") as file:
        start = file.read(3)
    if start != _BED_START:
        raise ValueError(
            f"{bed} must start with the bytes {_BED_START.hex(' ')} of a PLINK 1 .bed "
            f"file with one SNP after the other; got {start.hex(' ')}."
        )
    expected = 3 + -(-n_people // 4) * n_snps
    if bed.stat().st_size != expected:
        raise ValueError(
            f"{bed} must have {expected} bytes for the {n_people} people of the .fam "
            f"and the {n_snps} SNPs of the .bim file; got {bed.stat().st_size}."
        )


def _person_rows(family: pd.DataFrame, people) -> np.ndarray:
    if people is None:
        return np.arange(len(family))
    rows = pd.Index(family["person"]).get_indexer(pd.Index(map(str, people)))
    if not len(rows):
        raise ValueError("people must name at least one person; got none.")
    if (rows < 0).any():
        unknown = [p for p, row in zip(people, rows, strict=True) if row < 0]
        raise ValueError(
            f"people must be in the .fam file; {unknown[0]!r} is not "
            f"({len(unknown)} of {len(rows)} are not)."
        )
    if len(np.unique(rows)) != len(rows):
        raise ValueError("people must be named once each; some come twice.")
    return rows


def _checked_genes(genes, n_snps: int) -> dict[str, np.ndarray]:
    checked, taken = {}, np.full(n_snps, "", dtype=object)
    for gene, rows in genes.items():
        rows = np.asarray(rows, dtype=np.int64)
        if rows.size and (rows.min() < 0 or rows.max() >= n_snps):
            raise ValueError(
                f"gene {gene!r} must use rows 0 to {n_snps - 1} of the .bim file; "
                f"got {rows.min()} to {rows.max()}."
            )
        shared = rows[taken[rows] != ""]
        if shared.size:
            raise ValueError(
                f"a SNP must belong to one gene; row {shared[0]} is in "
                f"{taken[shared[0]]!r} and {gene!r}."
            )
        taken[rows] = gene
        checked[str(gene)] = rows
    if not checked:
        raise ValueError("genes must name at least one gene; got none.")
    return checked


def _reasons(counts: np.ndarray, min_maf: float, min_hwe: float) -> np.ndarray:
    """Return why each SNP goes, "" where it stays."""
    zero, one, two = ((counts == copies).sum(axis=1) for copies in (0, 1, 2))
    called = zero + one + two
    frequency = (one + 2 * two) / np.maximum(2 * called, 1)
    minor = np.minimum(frequency, 1 - frequency)
    reasons = np.full(len(counts), "", dtype=object)
    if min_hwe > 0:
        unlikely = hardy_weinberg_p(one, zero, two) < min_hwe
        reasons[unlikely] = f"Hardy-Weinberg p below {min_hwe:g}"
    reasons[minor < min_maf] = f"minor allele frequency below {min_maf:g}"
    # Everybody alike, heterozygous included: nothing to learn from.
    alike = np.maximum(np.maximum(zero, one), two) == called
    reasons[alike] = "monomorphic"
    return reasons


def _fill(counts: np.ndarray) -> int:
    """Set missing counts to the SNP's most frequent one, in place; return how many."""
    missing = counts < 0
    frequent = np.argmax([(counts == copies).sum(axis=1) for copies in range(3)], 0)
    rows, _ = np.nonzero(missing)
    counts[missing] = frequent[rows]
    return int(missing.sum())


def _hwe(n_het: int, n_first: int, n_second: int) -> float:
    n_people = n_het + n_first + n_second
    rare = 2 * min(n_first, n_second) + n_het
    het = np.arange(rare % 2, rare + 1, 2)  # possible numbers of heterozygous people
    hom = (rare - het) // 2
    log_p = (
        het * np.log(2)
        - gammaln(het + 1)
        - gammaln(hom + 1)
        - gammaln(n_people - het - hom + 1)
    )
    p = np.exp(log_p - log_p.max())
    observed = p[(n_het - rare % 2) // 2]
    return float(p[p <= observed * (1 + 1e-9)].sum() / p.sum())


def _autosomes(bim):
    for chromosome, table in bim.groupby("chromosome", sort=False):
        if chromosome not in NOT_AUTOSOMES:
            yield chromosome, bim.index.get_indexer(table.index)


def _in_order(bim, rows, column) -> np.ndarray:
    return rows[np.argsort(bim[column].to_numpy()[rows], kind="stable")]


def _spread(runs: dict, n_genes: int | None) -> dict:
    if n_genes is None:
        return runs
    n_genes = checks.integer("n_genes", n_genes, at_least=1)
    if n_genes > len(runs):
        raise ValueError(f"n_genes must be at most {len(runs)} here; got {n_genes}.")
    names = list(runs)
    chosen = np.linspace(0, len(names) - 1, n_genes).round().astype(int)
    return {names[i]: runs[names[i]] for i in chosen}


def _plain_chromosome(label: str) -> str:
    return label[3:] if label.lower().startswith("chr") else label


def _lines(path) -> list[str]:
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist.")
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a text file in UTF-8.") from None


def _read_columns(path, columns) -> pd.DataFrame:
    rows = []
    for number, line in enumerate(_lines(path), start=1):
        fields = line.split()
        if len(fields) != len(columns):
            raise ValueError(
                f"{path} line {number} must have {len(columns)} fields "
                f"({', '.join(columns)}); got {len(fields)}."
            )
        rows.append(fields)
    if not rows:
        raise ValueError(f"{path} is empty.")
    return pd.DataFrame(rows, columns=list(columns))


def _numbers(path, column: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce")
    bad = np.flatnonzero(~np.isfinite(numbers))
    if bad.size:
        raise ValueError(
            f"{path} line {bad[0] + 1}: {column.name} must be a number; "
            f"got {column.iloc[bad[0]]!r}."
        )
    return numbers


def _unique(path, column: pd.Series):
    twice = column[column.duplicated()]
    if len(twice):
        raise ValueError(
            f"{path} must name each {column.name} once; {twice.iloc[0]!r} comes twice."
        )
