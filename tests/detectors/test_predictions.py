import numpy as np
import pytest
import torch
from torch import nn

from helpers.detectors.predictions import prediction_function


def test_network_predicts_in_evaluation_mode_and_is_left_as_it_was():
    network = nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5)).train()
    X = np.random.default_rng(0).random((5, 3))
    expected = network[0](torch.as_tensor(X, dtype=torch.float32)).detach().numpy()
    np.testing.assert_array_equal(prediction_function(network)(X), expected)
    assert network.training and network[1].training


def test_predictions_have_two_axes():
    assert prediction_function(lambda X: X[:, 0])(np.ones((4, 2))).shape == (4, 1)
    assert prediction_function(lambda X: X)(np.ones((4, 2))).shape == (4, 2)


def test_unusable_models_and_predictions_are_refused():
    X = np.ones((4, 2))
    with pytest.raises(TypeError, match="Module or a callable; got 'net'"):
        prediction_function("net")
    with pytest.raises(ValueError, match=r"one row each for 4 rows; got shape \(3,\)"):
        prediction_function(lambda X: X[1:, 0])(X)
    with pytest.raises(ValueError, match=r"one row each for 4 rows; got shape \(\)"):
        prediction_function(lambda X: 1.0)(X)
    with pytest.raises(ValueError, match="model must predict finite values"):
        prediction_function(lambda X: X * np.nan)(X)
