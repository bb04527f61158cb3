"""Answers of made worlds, computed again by statsmodels from what was cleared."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from scipy.linalg import block_diag
from statsmodels.stats.multitest import multipletests

from helpers.significance.interaction import asking, interaction_test, statistics
from helpers.studies.calibration.worlds import sampler

N_PAIRS = 5  # of each data set


def answered(world, n_rows, seed, monkeypatch):
    """Return the answer, and what each fold gave to be cleared."""
    data, given = sampler(world)(n_rows, seed), []
    clear = statistics.clear_both

    def recorded(*arguments):
        given.append(arguments)
        return clear(*arguments)

    monkeypatch.setattr(asking.statistics, "clear_both", recorded)
    answer = interaction_test(
        data.X, data.y, family=data.family, seed=seed, device="cpu"
    )
    return answer, given


def again(given, k: int) -> tuple[float, float]:
    """Return slope over error and p of pair k, from one regression of all folds."""
    y, direction, weight = [], [], []
    bases = []
    for residual, directions, own_weight, common, own in given:
        y.append(residual[:, k] / own_weight)
        direction.append(directions[:, k])
        weight.append(own_weight)
        base = np.column_stack([common, own[:, k]])
        # Functions that repeat others add nothing but trouble.
        left, size, _ = np.linalg.svd(base / np.linalg.norm(base, axis=0))
        bases.append(left[:, : (size > 1e-6).sum()])
    weight, direction = np.concatenate(weight), np.concatenate(direction)
    base = block_diag(*bases)
    design = np.column_stack([direction, base])
    fit = sm.WLS(np.concatenate(y), design, weights=weight).fit(cov_type="HC2")
    rest = direction - sm.WLS(direction, base, weights=weight).fit().fittedvalues
    shares = weight * rest**2
    df = shares.sum() ** 2 / (shares**2).sum()
    return fit.tvalues[0], stats.t.sf(fit.tvalues[0], df)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("world", "n_rows", "seed"),
    [
        ("F8", 1000, 51), ("strong product", 1000, 52), ("binary, rare", 1000, 53),
        ("alleles, hub", 600, 54),
    ],
)  # fmt: skip
def test_random_cells_agree(world, n_rows, seed, monkeypatch):
    answer, given = answered(world, n_rows, seed, monkeypatch)
    table = answer.table
    place = {name: k for k, name in enumerate(answer.features)}
    pairs = [tuple(sorted(place[name] for name in pair)) for pair in table["pair"]]
    columns = {pair: k for k, pair in enumerate(sorted(pairs))}  # as they were tested
    rng = np.random.default_rng(seed)
    for row in rng.permutation(len(table))[:N_PAIRS]:
        t, p = again(given, columns[pairs[row]])
        assert table["p"][row] == pytest.approx(p, rel=1e-3)
        assert np.sign(table["z"][row]) == np.sign(t)
    some = table["identifiable"]
    p = table["p"].where(some, 1.0)
    holm = multipletests(p, method="holm")[1]
    np.testing.assert_allclose(table["p_holm"][some], holm[some])
