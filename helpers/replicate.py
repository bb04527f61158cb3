"""Run `python -m helpers.replicate`: saved gene networks, asked in a second cohort."""

from helpers import console

if __name__ == "__main__":
    console.run("helpers.studies.gene_gene.second_cohort")
