"""What the machine can do at most: the yardstick of every share of a peak."""

import torch

from helpers import device as machine
from helpers.press.bench.timing import REPEATS, Row, summed_up


def measure_machine(device: torch.device, repeats: int = REPEATS) -> list[Row]:
    """Return the speed of a large matrix product, and of adding cached numbers.

    The first, in GFLOP/s, bounds networks that multiply; the second, in GB/s read and
    written, those that look up.
    """
    with machine.threads(1):
        products = [machine.matrix_product_peak(device, 1) for _ in range(repeats)]
        additions = [machine.addition_peak(device) for _ in range(repeats)]
    return [
        summed_up(Row("machine", "matrix product", str(device), "GFLOP/s"), products),
        summed_up(Row("machine", "addition", str(device), "GB/s"), additions),
    ]
