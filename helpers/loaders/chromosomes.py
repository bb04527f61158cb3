"""Chromosomes go by many spellings; here is one for all."""

import re

# PLINK's codes for X, Y, the pseudo-autosomal regions and mitochondria in people, and
# for SNPs that lie nowhere known.
NOT_AUTOSOMES = (
    *("X", "Y", "XY", "PAR1", "PAR2", "MT"),
    *("23", "24", "25", "26", "0", "-1", "Un", "NA", "."),
)
_NAMED = {name.upper(): name for name in NOT_AUTOSOMES} | {"M": "MT"}


def plain_chromosome(label: str) -> str:
    """Return a label in one spelling: 1 for chr1, Chrom1 and 01, MT for chrM and mt.

    Scaffolds and other names stay as they are, but for a leading "chr". Numbers are
    not turned into letters: 23 is X in people and an autosome in cattle.
    """
    plain = re.sub(r"^chr(?:om(?:osome)?)?[ _]?(?=.)", "", label, flags=re.IGNORECASE)
    if plain.isascii() and plain.isdigit():
        return plain.lstrip("0") or "0"
    return _NAMED.get(plain.upper(), plain)
