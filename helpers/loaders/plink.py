"""PLINK genotype files -> a panel of genes, with a report of what was left out.

The road of a file: people and SNPs named -> SNPs given to genes -> filters on missing
genotypes, frequency and Hardy-Weinberg equilibrium -> missing genotypes filled ->
correlated SNPs pruned -> `Panel`.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.kinds import PathLike
from helpers.data.panel import Panel, prune
from helpers.extras import needs
from helpers.loaders import bed as bed_files
from helpers.loaders import text
from helpers.loaders.chromosomes import NOT_AUTOSOMES, plain_chromosome
from helpers.loaders.people import names_of
from helpers.loaders.snp_filters import Filters, fill_missing_counts

needs("genes", "bed_reader")  # imported where it is used

BIM_COLUMNS = ("chromosome", "snp", "centimorgan", "position", "allele1", "allele2")
FAM_COLUMNS = ("family", "person", "father", "mother", "sex", "trait")
#: Other files of genotypes, and the option of PLINK 2 that reads them.
_OTHER_FILES = {
    ".pgen": "--pfile {stem}",
    ".pvar": "--pfile {stem}",
    ".bgen": "--bgen {file} ref-first --sample {stem}.sample",
    ".vcf": "--vcf {file}",
    ".vcf.gz": "--vcf {file}",
    ".bcf": "--bcf {file}",
    ".ped": "--pedmap {stem}",
}
_BED_START = b"\x6c\x1b\x01"  # PLINK 1 .bed, one SNP after the other


def read_bim(path: PathLike) -> pd.DataFrame:
    """Read the SNPs of a PLINK data set, one row each in file order.

    Returns
    -------
    DataFrame
        chromosome (text, see `plain_chromosome`), snp (as written: a name may repeat,
        rows tell SNPs apart), centimorgan, position (bp; 0 or less = unknown),
        allele1, allele2.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a line has not 6 fields or a position is no whole number.
    """
    table, lines = _read_columns(path, BIM_COLUMNS)
    for column, whole in (("centimorgan", False), ("position", True)):
        numbers = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)
        right = np.isfinite(numbers)
        if whole:
            right &= np.floor(numbers) == numbers
        if not right.all():
            row = int(np.argmin(right))
            raise ValueError(
                f"{path} line {lines[row]}: {column} must be a "
                f"{'whole ' if whole else ''}number; got {table[column].iloc[row]!r}."
            )
        table[column] = numbers.astype(np.int64) if whole else numbers
    table["chromosome"] = table["chromosome"].map(plain_chromosome)
    return table


def read_fam(path: PathLike) -> pd.DataFrame:
    """Read the people of a PLINK data set, one row each in file order.

    Returns
    -------
    DataFrame
        family, person, father, mother, sex, trait; all text. If a within-family id
        comes in several families, person reads "family:id".

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a line has not 6 fields or a person comes twice in a family.
    """
    table, _ = _read_columns(path, FAM_COLUMNS)
    table["person"] = names_of(path, table["family"], table["person"])
    return table


def read_gene_windows(path: PathLike) -> pd.DataFrame:
    """Read genes from a BED file: chromosome, start, end, name; more is ignored.

    See `bed.intervals` for the form of a line. Where tabs separate the fields, a name
    may hold blanks.

    Returns
    -------
    DataFrame
        chromosome (text, see `plain_chromosome`), start, end (bp, half-open), gene.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a line has no name or is no interval, a gene comes twice, or there is none.
    """
    rows = []
    for number, fields, start, end in bed_files.intervals(path):
        if len(fields) < 4 or not fields[3]:
            raise ValueError(
                f"{path} line {number} must have chromosome, start, end and gene; got "
                f"{', '.join(fields[:4])}."
            )
        rows.append((plain_chromosome(fields[0]), start, end, fields[3]))
    if not rows:
        raise ValueError(f"{path} must name at least one gene; it names none.")
    windows = pd.DataFrame(rows, columns=["chromosome", "start", "end", "gene"])
    twice = windows["gene"][windows["gene"].duplicated()]
    if len(twice):
        raise ValueError(
            f"{path} must name each gene once; {twice.iloc[0]!r} comes twice."
        )
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

    Raises
    ------
    ValueError
        If no gene lies on a chromosome of the .bim file.
    """
    flank = checks.integer("flank", flank, at_least=0)
    known = list(dict.fromkeys(bim["chromosome"]))
    if not windows["chromosome"].isin(known).any():
        raise ValueError(
            "windows must lie on chromosomes of the .bim file "
            f"({', '.join(known[:4])}); got {', '.join(windows['chromosome'][:4])}."
        )
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
    bed: PathLike,
    genes: Mapping[str, Sequence[int] | np.ndarray],
    *,
    bim: PathLike | None = None,
    fam: PathLike | None = None,
    people: Sequence[str] | None = None,
    empty_genes: str = "error",
    **filters: Any,
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
        Who to read, in this order, as `read_fam` calls them; by default all.
    empty_genes : {"error", "drop"}
        What to do with a gene that no SNP is left of.
    **filters
        max_missing_snp, max_missing_person, min_maf, min_hwe, max_r2 and
        not_autosomes, as in `Filters`.

    Returns
    -------
    Panel
        Allele 1 of the .bim file counted; `dropped` names every SNP, person and gene
        left out, with the reason, and the genotypes filled. A SNP without a name of
        its own is called by its row of the .bim file, counted from 1: rs7#12, .#13.

    Raises
    ------
    FileNotFoundError
        If one of the three files is missing.
    ValueError
        If the files disagree, a person is unknown, a SNP has two genes, or a gene
        has no SNP left: the message says why.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import Panel, load_panel
    >>> from helpers.loaders.plink_writer import write_panel
    >>> genotypes = np.random.default_rng(0).binomial(2, 0.4, (3, 60))
    >>> panel = Panel(genotypes, sizes=(2, 1))  # a data set, in place of your own
    >>> files = write_panel(panel, "cohort.bed", np.arange(60))
    >>> panel = load_panel("cohort.bed", {"APOE": [0, 1], "LDLR": [2]})
    >>> panel.genes, panel.n_snps, panel.n_people
    (('APOE', 'LDLR'), 3, 60)
    """
    checks.one_of("empty_genes", empty_genes, ("error", "drop"))
    limits = Filters(**filters)
    study = _Study.of(Path(bed), bim, fam, people)
    given = _checked_genes(genes, len(study.snps))
    typed = _well_typed(study, given, limits)
    kept, n_filled = {}, 0
    for gene, rows in typed.items():
        rows, counts, filled = _filtered(study, gene, rows, limits)
        n_filled += filled
        if len(rows):
            kept[gene] = rows, counts
            continue
        if empty_genes == "error":
            raise ValueError(
                f"gene {gene!r} has no SNP left in {study.bed.name}: "
                f"{study.why(gene, len(given[gene]))}; leave it out, widen its window "
                'or use empty_genes="drop".'
            )
        study.report.append(("gene", gene, "no SNP left"))
    if not kept:
        gene = next(iter(given))
        raise ValueError(
            f"{bed} has no SNP left in any gene; of {gene!r}, "
            f"{study.why(gene, len(given[gene]))}."
        )
    if n_filled:
        reason = "missing, set to the SNP's most frequent"
        study.report.append(("genotypes", str(n_filled), reason))
    in_file = np.concatenate([rows for rows, _ in kept.values()])
    alleles = study.snps[["allele1", "allele2"]].iloc[in_file]
    return Panel(
        np.concatenate([counts for _, counts in kept.values()]),
        tuple(len(rows) for rows, _ in kept.values()),
        tuple(kept),
        tuple(study.names[in_file]),
        tuple(study.people[study.columns]),
        pd.DataFrame(study.report, columns=["kind", "item", "reason"]),
        settings={"bed": study.bed.name, "filters": limits.limits()},
        details={"n_filled": n_filled},
        alleles=tuple(alleles.itertuples(index=False, name=None)),
    )


def read_counts(
    bed: PathLike, rows: Sequence[int] | np.ndarray, *, people: Sequence[str] | None
) -> tuple[np.ndarray, list[str]]:
    """Read SNPs as they stand in a PLINK data set, nothing filtered or filled.

    Parameters
    ----------
    bed : str or Path
        With .bim and .fam beside it.
    rows : sequence of int
        Of the .bim file.
    people : sequence of str or None
        Who to read, in this order; None = all.

    Returns
    -------
    int8 array, shape (n_rows, n_people)
        Copies of allele 1; negative where missing.
    list of str
        The people.
    """
    study = _Study.of(Path(bed), None, None, people)
    counts = study.read(np.asarray(rows, dtype=np.int64))
    return counts, study.people[study.columns].tolist()


def drop_summary(dropped: pd.DataFrame) -> pd.DataFrame:
    """Return how many items of each kind were dropped for each reason.

    Returns
    -------
    DataFrame
        kind, reason, n, example.
    """
    groups = dropped.groupby(["kind", "reason"], sort=False)["item"]
    return groups.agg(n="size", example="first").reset_index()


@dataclass
class _Study:
    """A PLINK data set that is being read, and what was left out of it so far."""

    bed: Path
    snps: pd.DataFrame  # as `read_bim` gives them
    people: np.ndarray  # names, in file order
    columns: np.ndarray  # people still in, as columns of the genotypes
    report: list[tuple[str, str, str]] = field(default_factory=list)
    lost: dict[str, Counter] = field(default_factory=dict)  # gene -> reason -> SNPs

    @classmethod
    def of(
        cls,
        bed: Path,
        bim: PathLike | None,
        fam: PathLike | None,
        people: Sequence[str] | None,
    ) -> "_Study":
        """Read the text files and check that the three belong together."""
        check_kind(bed)
        snps = read_bim(bim if bim is not None else bed.with_suffix(".bim"))
        family = read_fam(fam if fam is not None else bed.with_suffix(".fam"))
        _check_bed(bed, len(family), len(snps))
        columns = _person_rows(family, people)
        return cls(bed, snps, family["person"].to_numpy(), columns)

    def __post_init__(self) -> None:
        names = self.snps["snp"]
        alike = ((names == ".") | names.duplicated(keep=False)).to_numpy()
        rows = pd.Series(range(1, len(names) + 1), index=names.index).astype(str)
        self.names = names.where(~alike, names + "#" + rows).to_numpy()

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return int8 allele counts (n_rows, n_people still in); -127 is missing."""
        from bed_reader import open_bed

        if not len(rows):
            return np.empty((0, len(self.columns)), dtype=np.int8)
        with open_bed(
            self.bed,
            iid_count=len(self.people),
            sid_count=len(self.snps),
            num_threads=1,
        ) as file:
            counts = file.read(np.s_[self.columns, rows], dtype="int8", order="F")
        return counts.T  # (SNPs, people), each SNP contiguous

    def drop(self, gene: str, rows: np.ndarray, reason: str) -> None:
        """Note that SNPs of a gene are left out."""
        self.report += [("SNP", str(name), reason) for name in self.names[rows]]
        if len(rows):
            self.lost.setdefault(gene, Counter())[reason] += len(rows)

    def why(self, gene: str, n_snps: int) -> str:
        """Return why no SNP of a gene is left, of the `n_snps` it was given."""
        if not n_snps:
            return "no SNP of the .bim file lies in it (is the genome build the same?)"
        reasons = [f"{n} {reason}" for reason, n in self.lost[gene].items()]
        return f"of {n_snps} SNPs, {', '.join(reasons)}"


def _well_typed(
    study: _Study, genes: Mapping[str, np.ndarray], limits: Filters
) -> dict[str, np.ndarray]:
    """Return the SNPs of each gene with enough genotypes; drop people with too few."""
    missing_of_person = np.zeros(len(study.columns), dtype=int)
    n_kept, typed = 0, {}
    chromosomes = study.snps["chromosome"].to_numpy()
    for gene, rows in genes.items():
        elsewhere = np.isin(chromosomes[rows], limits.not_autosomes)
        for label in np.unique(chromosomes[rows[elsewhere]]):
            off = rows[elsewhere & (chromosomes[rows] == label)]
            study.drop(gene, off, f"on chromosome {label}, not an autosome")
        rows = rows[~elsewhere]
        missing = study.read(rows) < 0
        bad = missing.mean(axis=1) > limits.max_missing_snp
        study.drop(gene, rows[bad], f"over {limits.max_missing_snp:g} missing")
        typed[gene] = rows[~bad]
        missing_of_person += missing[~bad].sum(axis=0)
        n_kept += int((~bad).sum())
    bad = missing_of_person > limits.max_missing_person * n_kept
    reason = f"over {limits.max_missing_person:g} missing"
    gone = study.people[study.columns[bad]]
    study.report += [("person", str(person), reason) for person in gone]
    study.columns = study.columns[~bad]
    if not len(study.columns):
        raise ValueError(f"{study.bed} has no person with enough genotypes left.")
    return typed


def _filtered(
    study: _Study, gene: str, rows: np.ndarray, limits: Filters
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return the SNPs of a gene that stay, their counts, and how many were filled."""
    counts = study.read(rows)
    reasons = limits.reasons(counts)
    for reason in np.unique(reasons[reasons != ""]):
        study.drop(gene, rows[reasons == reason], reason)
    rows, counts = rows[reasons == ""], counts[reasons == ""]
    filled = fill_missing_counts(counts)
    if limits.max_r2 < 1 and len(rows):
        good = prune(counts, limits.max_r2)
        reason = f"r2 over {limits.max_r2:g} with a kept SNP"
        study.drop(gene, rows[~good], reason)
        rows, counts = rows[good], counts[good]
    return rows, counts, filled


def check_kind(bed: PathLike) -> None:
    """Refuse other files of genotypes, with the line that makes a .bed file of them."""
    name = Path(bed).name
    for ending, option in _OTHER_FILES.items():
        if name.lower().endswith(ending):
            stem = name[: -len(ending)]
            told = option.format(stem=stem, file=name)
            raise ValueError(
                f"{bed} is no PLINK 1 .bed file; `plink2 {told} --make-bed --out "
                f"{stem}` makes one of it."
            )


def _check_bed(bed: Path, n_people: int, n_snps: int) -> None:
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


def _person_rows(family: pd.DataFrame, people: Sequence[str] | None) -> np.ndarray:
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


def _checked_genes(
    genes: Mapping[str, Sequence[int] | np.ndarray], n_snps: int
) -> dict[str, np.ndarray]:
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


def _autosomes(bim: pd.DataFrame) -> Iterator[tuple[str, np.ndarray]]:
    for chromosome, table in bim.groupby("chromosome", sort=False):
        if chromosome not in NOT_AUTOSOMES:
            yield chromosome, bim.index.get_indexer(table.index)


def _in_order(bim: pd.DataFrame, rows: np.ndarray, column: str) -> np.ndarray:
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


def _read_columns(
    path: PathLike, columns: Collection[str]
) -> tuple[pd.DataFrame, list[int]]:
    """Return a table without header as text, and the line of each row."""
    rows, lines = [], []
    for number, line in text.lines(path):
        fields = line.split()
        if len(fields) != len(columns):
            raise ValueError(
                f"{path} line {number} must have {len(columns)} fields "
                f"({', '.join(columns)}); got {len(fields)}."
            )
        rows.append(fields)
        lines.append(number)
    if not rows:
        raise ValueError(f"{path} is empty.")
    return pd.DataFrame(rows, columns=list(columns)), lines
