"""Print the benchmark's tables: python -m tests.benchmark [--quick] [name …]."""

import os

# numpy reads these when it is imported. One thread: matrices this small gain nothing from more.
os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import argparse
import platform

import numpy as np

from tests.benchmark import frames, image, regions, slices, start, steps, wire
from tests.benchmark.tables import Benchmark, render

BENCHMARKS: dict[str, Benchmark] = {
    module.BENCHMARK.name: module.BENCHMARK for module in (steps, frames, wire, slices, regions, start, image)
}


def main() -> None:
    """Measure and print the tables that were asked for, all of them by default."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description="Measure Relief.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"a table: {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"unknown table {unknown[0]!r}; choose from {', '.join(BENCHMARKS)}")
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {os.cpu_count()} processors,", end=" ")
    print(f"{os.getloadavg()[0]:.1f} of them busy with something else\n", flush=True)
    for name in arguments.names or BENCHMARKS:
        benchmark = BENCHMARKS[name]
        repetitions = benchmark.quick if arguments.quick else benchmark.repetitions
        print(render(benchmark, benchmark.measure(repetitions), repetitions), end="\n\n\n", flush=True)


if __name__ == "__main__":
    main()
