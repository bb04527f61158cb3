"""Rivals from the matrix: counts by hand, the data of the page, refusals."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.calibration.trials import CHOSEN_ON
from helpers.studies.calibration.worlds import sampler
from helpers.studies.matrix import beside
from helpers.studies.matrix.kinds import Answer, Data
from helpers.studies.matrix.methods import method, permuted_scores


def some(n=300, product=2.0):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(n, 4))
    y = X[:, 2] + product * X[:, 0] * X[:, 1] + rng.normal(size=n)
    return Data(y, 4, ((0, 1),), X=X)


def test_counts_are_those_done_by_hand():
    # pairs: 01 true, 02 03 12 13 share a feature with it, 23 stands apart
    p = np.array([0.001, 0.01, 0.5, np.nan, 0.05, 0.04])
    corrected = np.array([0.006, 0.05, 1, np.nan, 0.2, 0.2])
    found = beside.counted(Answer(-p, p, np.nan_to_num(corrected, nan=1.0)), some())
    assert found == {
        "n_null": 5, "called_05": 3, "any_holm": True, "n_true": 1, "true_holm": 1,
        "n_false": 1, "n_sharing": 4, "sharing_05": 2,
    }  # fmt: skip


def test_without_its_own_correction_holms_is_taken():
    p = np.array([0.001, 0.02, 1, 1, 1, 1])
    found = beside.counted(Answer(-p, p), some())
    assert found["true_holm"] == 1 and not found["any_holm"]


def test_data_sets_are_those_of_the_calibration():
    table = beside.more_rival_trials(
        rival="ANOVA, bins", world="F8", n_rows=300, first_set=5, n_sets=1, seed=0
    )
    drawn = sampler("F8")(300, CHOSEN_ON + 5)
    data = Data(drawn.y, drawn.X.shape[1], drawn.true_pairs, X=drawn.X)
    asked = method("ANOVA, bins")
    by_hand = beside.counted(asked.ask(data, 5, None, **asked.knobs), data)
    assert table.iloc[0][list(by_hand)].to_dict() == by_hand


def test_what_only_ranks_is_no_rival():
    with pytest.raises(ValueError, match="'FAST' only ranks"):
        beside.more_rival_trials(
            rival="FAST", world="F8", n_rows=300, first_set=0, n_sets=1, seed=0
        )


def test_every_rival_gives_p_values():
    assert all(method(name).tests for name in beside.RIVALS)
    assert set(beside.DISCOVERY) <= set(beside.RIVALS)


def counts(**changed):
    usual = {
        "world": "F8", "rival": "iLOCO", "seconds": 1.0, "n_null": 44,
        "called_05": 2, "any_holm": False, "n_true": 1, "true_holm": 1, "n_false": 0,
        "n_sharing": 16, "sharing_05": 2,
    }  # fmt: skip
    return usual | changed


def test_calls_of_pairs_that_share_a_feature_stand_apart():
    rates = beside.more_rival_rates(pd.DataFrame([counts()] * 25)).iloc[0]
    assert rates["sharing"] == 2 / 16 and rates["apart"] == 0
    assert rates["false_share"] == 0 and rates["verdict"] == "holds"
    none = counts(n_true=0, true_holm=0, n_sharing=0, sharing_05=0, n_null=45)
    rates = beside.more_rival_rates(pd.DataFrame([none] * 25)).iloc[0]
    assert np.isnan(rates["sharing"]) and np.isnan(rates["apart"])


@pytest.mark.parametrize(
    "n_false, n_sets, verdict",
    [(0, 25, "holds"), (1, 25, "fails: too many calls"),
     (0, 5, "open: fewer than 20 data sets")],
)  # fmt: skip
def test_a_false_discovery_rate_is_judged_by_its_own_promise(n_false, n_sets, verdict):
    one = counts(rival="knock-offs", n_false=n_false, any_holm=n_false > 0)
    found = beside.more_rival_rates(pd.DataFrame([one] * n_sets)).iloc[0]
    assert found["verdict"] == verdict and np.isnan(found["rate"])
    assert found["false_share"] == n_false / 2


def test_parts_hold_every_data_set_once():
    parts = pd.DataFrame(beside.more_rival_parts("paper"))
    sets = parts.groupby(["rival", "world"])["n_sets"].sum()
    assert set(sets) == {100} and len(sets) == 6 * len(beside.RIVALS)
    assert not parts.duplicated(["rival", "world", "first_set"]).any()
    assert (parts["first_set"].diff().dropna() >= 0).all()


@pytest.mark.parametrize("name", permuted_scores.METHODS)
def test_permuted_scores_are_compared_with_their_largest(name):
    data = some()
    answer = permuted_scores.METHODS[name].ask(data, 0, None)
    assert answer.scores.argmax() == 0
    assert answer.corrected.min() == answer.corrected[0]
    assert (answer.corrected >= answer.p).all()
    assert (answer.p * 40 == np.round(answer.p * 40)).all()


def test_a_pair_that_beats_all_permutations_has_the_smallest_p():
    scores = np.ones((40, 3))
    scores[0] = [2, 1, 0]
    answer = permuted_scores.against(scores)
    assert answer.p.tolist() == [1 / 40, 1, 1]
    assert answer.corrected.tolist() == [1 / 40, 1, 1]
