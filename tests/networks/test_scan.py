"""The compiled scans against convolutions, alone and for many networks at once."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from helpers.networks import scan
from helpers.networks.scan import (
    kmers,
    letter_table,
    max_scan,
    mean_scan,
    padded_kmers,
)


def letters(n=30, length=29, seed=0, unknown=True):
    high = 5 if unknown else 4
    return torch.from_numpy(np.random.default_rng(seed).integers(0, high, (n, length)))


def one_hot(x):
    return F.one_hot(x, 5)[..., :4].transpose(1, 2).double()


def filters(width, n_filters=3, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n_filters, 4, width, generator=generator, dtype=torch.float64)


def test_kmers_count_in_the_number_of_letters():
    assert kmers(torch.tensor([[1, 0, 3]]), 2, letters=4).tolist() == [[4, 3]]
    assert kmers(torch.tensor([[4, 4, 4, 4]]), 4).tolist() == [[624]]


@pytest.mark.parametrize(("k", "size"), [(3, 5), (4, 4), (6, 4)])
def test_a_kmer_with_a_wrong_letter_has_a_negative_number(k, size):
    for value in (-1, size, 10**6):
        for place in range(k):
            x = torch.full((1, k), size - 1)
            x[0, place] = value
            assert kmers(x, k, letters=size).item() < 0
    x = torch.full((1, k), size)
    assert kmers(x, k, letters=size).item() < 0
    with pytest.raises(ValueError, match=f"at least {k} letters; got {k - 1}"):
        kmers(x[:, 1:], k)


@pytest.mark.parametrize("width", [1, 2, 3, 7, 12])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_scans_equal_a_convolution_values_and_gradients(width, padding):
    x, shift = letters(), torch.tensor([0.3, -0.4, 0.0], dtype=torch.float64)
    found = []
    for usual in (False, True):
        weights, bias = filters(width).requires_grad_(), shift.clone().requires_grad_()
        if usual:
            left = (width - 1) // 2 if padding == "same" else 0
            right = width - 1 - left if padding == "same" else 0
            sums = F.conv1d(F.pad(one_hot(x), (left, right)), weights)
            means = F.relu(sums + bias[:, None]).mean(2)
            rest = -sums.shape[2] % 6
            maxima = F.max_pool1d(F.pad(sums, (0, rest), value=-torch.inf), 6)
            maxima = maxima.transpose(1, 2)
        else:
            codes = padded_kmers(x, width, padding)
            table = letter_table(weights.permute(2, 1, 0))
            means = mean_scan(codes, table, bias)
            maxima, places = max_scan(codes, table, pool=6)
            assert (places // 6 == torch.arange(maxima.shape[1])[:, None]).all()
        (means.pow(2).sum() + maxima.pow(2).sum()).backward()
        found.append([means, maxima, weights.grad, bias.grad])
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_a_free_table_with_distant_taps_adds_its_entries():
    codes = kmers(letters(length=20, unknown=False), 2, letters=4)
    generator = torch.Generator().manual_seed(3)
    table = torch.randn(3, 16, 2, generator=generator, dtype=torch.float64)
    n_windows = codes.shape[1] - 2 * 2
    sums = torch.stack(
        [
            sum(table[tap, codes[:, start + 2 * tap].long()] for tap in range(3))
            for start in range(n_windows)
        ],
        dim=1,
    )
    maxima, places = max_scan(codes, table, pool=n_windows, stride=2)
    torch.testing.assert_close(maxima[:, 0], sums.max(dim=1).values)
    assert (places[:, 0] == sums.argmax(dim=1)).all()
    means = mean_scan(codes, table, torch.zeros(2).double(), stride=2)
    torch.testing.assert_close(means, sums.relu().mean(dim=1))


@pytest.mark.parametrize("own", [True, False])
def test_many_networks_at_once_equal_each_alone(own):
    x = torch.stack([letters(seed=s) for s in range(3)]) if own else letters()
    weights = torch.stack([filters(5, seed=s) for s in range(3)])
    shifts = torch.linspace(-1, 1, 9).double().view(3, 3)

    def features(weights, shift, x):
        codes = padded_kmers(x, 5)
        table = letter_table(weights.permute(2, 1, 0))
        maxima = max_scan(codes, table, pool=25)[0][:, 0]
        return mean_scan(codes, table, shift) + maxima

    def slopes(together):
        leaves = weights.clone().requires_grad_(), shifts.clone().requires_grad_()
        if together:
            dims = (0, 0, 0 if own else None)
            value = torch.vmap(features, in_dims=dims)(*leaves, x)
        else:
            value = torch.stack(
                [features(w, b, x[i] if own else x) for i, (w, b) in
                 enumerate(zip(*leaves, strict=True))]
            )  # fmt: skip
        value.pow(3).sum().backward()
        return value, *(leaf.grad for leaf in leaves)

    for ours, theirs in zip(slopes(True), slopes(False), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_plain_torch_does_the_same_elsewhere():
    codes, table = padded_kmers(letters(), 5), letter_table(filters(5).permute(2, 1, 0))
    shift = torch.tensor([0.1, 0.0, -0.2], dtype=torch.float64)
    maxima, places = max_scan(codes, table, pool=4)
    plain_maxima, plain_places = scan._plain_max(codes, table, 4, 3)
    torch.testing.assert_close(maxima, plain_maxima)
    assert (places == plain_places).all()
    plain = scan._plain_mean(codes, table, shift, 3)
    torch.testing.assert_close(mean_scan(codes, table, shift), plain)


def test_more_filters_than_one_block_holds():
    x, weights = letters(), filters(5, n_filters=scan.kernels.LANES + 3)
    weights.requires_grad_()
    shift = torch.linspace(-1, 1, len(weights), dtype=torch.float64)

    def features(count):
        table = letter_table(weights[:count].permute(2, 1, 0))
        codes = padded_kmers(x, 5)
        means = mean_scan(codes, table, shift[:count])
        return means + max_scan(codes, table, pool=25)[0][:, 0]

    together = features(len(weights))
    (slope,) = torch.autograd.grad(together.square().sum(), weights)
    for count in (2, scan.kernels.LANES):
        some = features(count)
        assert torch.equal(some, together[:, :count])
        (alone,) = torch.autograd.grad(some.square().sum(), weights)
        torch.testing.assert_close(alone[:count], slope[:count])


def test_a_filter_that_is_no_number_is_seen():
    weights = filters(5).float()
    weights[1, 0, 0] = torch.nan
    table = letter_table(weights.permute(2, 1, 0))
    means = mean_scan(padded_kmers(letters(), 5), table, torch.zeros(3))
    assert means.isnan().any(0).tolist() == [False, True, False]
