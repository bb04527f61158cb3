"""The command that asks saved networks in a second cohort."""

import argparse
import sys
from collections.abc import Sequence

import pandas as pd

from helpers.loaders.plink import drop_summary
from helpers.significance.interaction.answer import p_text
from helpers.studies.gene_gene.cohorts import NOT_COMPARED
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
    parser.add_argument(
        "--groups", metavar="COLUMN", help="families or cages; 0 stands for none"
    )
    parser.add_argument(
        "--missing-codes",
        nargs="+",
        metavar="CODE",
        help="of a missing value, in place of the usual ones",
    )
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
                "groups": options.groups,
                "id_column": options.id_column,
                "missing_codes": options.missing_codes,
            },
            pairs=pairs,
            absent=options.absent,
        )
        if options.output:
            table.to_csv(options.output, index=False)
    except (OSError, TypeError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{panel.n_people:,} people, {panel.n_snps:,} SNPs. {NOT_COMPARED}")
    if len(dropped):
        print(drop_summary(dropped).to_string(index=False))
    print(shown(table).to_string(index=False))
    return 0


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return a replication as text: slopes with their errors, two digits of p.

    A pair that is not identifiable has "cannot tell" for its p.
    """
    columns = {
        "slope": "{:.2f}".format, "standard_error": "{:.2f}".format,
        "p": p_text, "p_holm": p_text, "share": "{:.2%}".format,
    }  # fmt: skip
    told = {name: table[name].map(form) for name, form in columns.items()}
    text = pd.DataFrame(told).mask(table[[*columns]].isna(), "–")
    unclear = ~table["identifiable"]
    return pd.DataFrame(
        {
            "pair": table["pair"],
            "slope (error)": text["slope"] + " (" + text["standard_error"] + ")",
            "p": text["p"].mask(unclear, "cannot tell"),
            "p_holm": text["p_holm"],
            "share": text["share"].mask(unclear, "–"),
        }
    )


def _pair(text: str) -> tuple[str, str]:
    """Return the two genes of GENE:GENE; a name may hold a colon of its own."""
    parts = text.split(":")
    if len(parts) < 2 or len(parts) % 2:
        raise ValueError(f"pairs must be written GENE:GENE; got {text!r}.")
    middle = len(parts) // 2
    return ":".join(parts[:middle]), ":".join(parts[middle:])
