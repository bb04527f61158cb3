import platform
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from threadpoolctl import threadpool_info, threadpool_limits

from helpers import device

FAULTS = """
import resource, sys, torch
from helpers import device

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

if sys.argv[1] == "keep":
    device.keep_freed_memory()
before = faults()
for _ in range(20):
    arrays = [torch.ones(2**20) for _ in range(13)]
    del arrays
print(faults() - before)
"""


def page_faults(what):
    """Return the page faults of a process that often frees 13 arrays of 4 MB."""
    run = [sys.executable, "-c", FAULTS, what]
    return int(subprocess.run(run, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs glibc")
def test_freed_memory_is_used_again():
    assert page_faults("keep") < 0.75 * page_faults("as is")


def test_auto_takes_the_gpu_where_there_is_one():
    expected = "cuda" if torch.cuda.is_available() else "cpu"
    assert device.resolve("auto").type == expected
    assert device.resolve("cpu") == torch.device("cpu")
    assert device.resolve(torch.device("cpu")) == torch.device("cpu")


def test_a_gpu_that_is_not_there_is_an_error_of_one_line(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for name in ("cuda", "cuda:3"):
        with pytest.raises(ValueError, match="with 0 CUDA GPUs") as error:
            device.resolve(name)
        assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize("name", ["gpu", "", None, 3.5])
def test_rejects_what_is_no_device(name):
    with pytest.raises(ValueError, match="device must be auto, cpu, cuda or cuda:N"):
        device.resolve(name)


def test_rejects_other_accelerators():
    with pytest.raises(ValueError, match="device must be one of cpu, cuda; got 'meta'"):
        device.resolve("meta")


def test_cores_follow_torch_threads():
    with device.threads(1):
        assert device.cores() == 1
    assert device.cores() >= 1


def test_algebra_is_serial_within_the_block_only():
    def used():
        pools = threadpool_info()
        return [pool["num_threads"] for pool in pools if pool["user_api"] == "blas"]

    with threadpool_limits(2, user_api="blas"):
        with device.serial_algebra():
            assert set(used()) == {1}
        assert set(used()) == {2}


def test_threads_are_restored_even_after_an_error():
    before = torch.get_num_threads()
    with pytest.raises(KeyError), device.threads(before + 1):
        assert torch.get_num_threads() == before + 1
        raise KeyError
    assert torch.get_num_threads() == before
    with (
        pytest.raises(ValueError, match="n_threads must be at least 1"),
        device.threads(0),
    ):
        pass


def test_seeded_repeats_and_leaves_the_stream_alone():
    state = torch.random.get_rng_state()
    with device.seeded(3):
        first = torch.rand(4)
    with device.seeded(3):
        again = torch.rand(4)
    with device.seeded(4):
        other = torch.rand(4)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(torch.random.get_rng_state(), state)
    with pytest.raises(TypeError, match="seed must be an integer"), device.seeded(1.5):
        pass


def test_fast_products_are_for_the_gpu_and_restored():
    before = torch.get_float32_matmul_precision()
    with device.fast_products(torch.device("cpu")):
        assert torch.get_float32_matmul_precision() == before
    with device.fast_products(torch.device("cuda")):
        assert torch.get_float32_matmul_precision() == "high"
    assert torch.get_float32_matmul_precision() == before


def test_describe_says_what_a_manifest_needs():
    machine = device.describe("cpu")
    assert machine["device"] == "cpu"
    assert machine["cores"] >= 1
    assert machine["torch"] == torch.__version__


SQUARE = """
import numba
from helpers import device

@device.compiled(cache=True)
def square(x):
    return x * x

print(square(7), square.stats.cache_path)
"""


def run_beside(folder, home, monkeypatch):
    """Run a script that compiles; return the lines it prints."""
    script = folder / "script.py"
    script.write_text(SQUARE)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    command = [sys.executable, str(script)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()


def test_compiled_functions_are_kept_on_disk(tmp_path, monkeypatch):
    answer, kept = run_beside(tmp_path, tmp_path / "home", monkeypatch)
    assert answer == "49" and list(Path(kept).glob("script.square*"))


def test_compiled_functions_work_where_nothing_can_be_written(tmp_path, monkeypatch):
    (tmp_path / "__pycache__").write_text("")  # files: no folder can be made
    (tmp_path / "home").write_text("")
    answer, kept = run_beside(tmp_path, tmp_path / "home" / "me", monkeypatch)
    assert (answer, kept) == ("49", "None")


def test_other_errors_of_the_compiler_are_not_hidden(monkeypatch):
    def refuse(**options):
        raise RuntimeError("out of registers")

    monkeypatch.setattr("numba.njit", refuse)
    with pytest.raises(RuntimeError, match="out of registers"):
        device.compiled(cache=True)(lambda x: x)
