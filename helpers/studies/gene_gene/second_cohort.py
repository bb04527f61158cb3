"""The command that asks saved networks in a second cohort."""

import argparse
import sys
from collections.abc import Sequence

import pandas as pd

from helpers.loaders.plink import drop_summary
from helpers.studies.gene_gene.saved import replicate_files


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.replicate",
        description="Ask in a second cohort whether pairs of genes interact as they do "
        "in the networks of a first one.",
        epilog="example:\n  python -m helpers.replicate results/networks other.bed "
        "other.tsv --covariates age PC1 PC2 --categories sex",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("networks", help="the folder that the first run wrote")
    parser.add_argument("bed", help="PLINK .bed file of the second cohort")
    parser.add_argument("pheno", help="its table of traits")
    parser.add_argument("--trait", help="column; by default as in the first cohort")
    parser.add_argument(
        "--covariate-file", metavar="FILE", help="table of covariates, if not in pheno"
    )
    parser.add_argument("--covariates", nargs="*", default=[], metavar="COLUMN")
    parser.add_argument("--categories", nargs="*", default=[], metavar="COLUMN")
    parser.add_argument("--id-column", default="IID", metavar="COLUMN")
    parser.add_argument(
        "--pairs",
        nargs="+",
        metavar="GENE:GENE",
        help="by default those that the first cohort called",
    )
    parser.add_argument(
        "--absent",
        choices=("error", "fill"),
        default="error",
        help="a SNP that the second cohort lacks (default: an error)",
    )
    parser.add_argument("--output", metavar="CSV", help="write the table there")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit status."""
    options = _arguments().parse_args(arguments)
    try:
        pairs = options.pairs and [_pair(text) for text in options.pairs]
        table, panel, dropped = replicate_files(
            options.networks,
            options.bed,
            options.pheno,
            options.trait,
            columns={
                "covariate_file": options.covariate_file,
                "covariates": options.covariates,
                "categories": options.categories,
                "id_column": options.id_column,
            },
            pairs=pairs,
            absent=options.absent,
        )
        if options.output:
            table.to_csv(options.output, index=False)
    except (OSError, TypeError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{panel.n_people:,} people, {panel.n_snps:,} SNPs.")
    if len(dropped):
        print(drop_summary(dropped).to_string(index=False))
    print(shown(table).to_string(index=False))
    return 0


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return a replication as text: slopes with their errors, two digits of p."""
    slopes = zip(table["slope"], table["standard_error"], strict=True)
    return pd.DataFrame(
        {
            "pair": table["pair"],
            "slope (error)": [f"{slope:.2f} ({error:.2f})" for slope, error in slopes],
            "p": table["p"].map("{:.2g}".format),
            "p_holm": table["p_holm"].map("{:.2g}".format),
            "r2": table["r2"].map("{:.2%}".format),
        }
    )


def _pair(text: str) -> tuple[str, str]:
    """Return the two genes of GENE:GENE; a name may hold a colon of its own."""
    parts = text.split(":")
    if len(parts) < 2 or len(parts) % 2:
        raise ValueError(f"pairs must be written GENE:GENE; got {text!r}.")
    middle = len(parts) // 2
    return ":".join(parts[:middle]), ":".join(parts[middle:])
