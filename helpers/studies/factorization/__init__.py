"""What factorization machines learn from DNA: the experiments of chapter 3.

`training` fits one network a fold and measures it; `simulated` holds the experiments on
planted motifs, `cells` those on cell types, of a synthetic genome and real ones.
"""

from helpers.studies.factorization.training import areas

__all__ = ["areas"]
