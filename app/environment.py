"""What has to be in a process's environment before numpy and numba are loaded: one thread, and the compiled kernel."""

import os
import shutil
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

# One BLAS thread a process: matrices this small gain nothing from more, and results could differ in the last bit from
# machine to machine.
THREAD_LIMITS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

IMAGE = Path("compiled")  # where the Dockerfile has the kernel compiled


def limit_threads(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let linear algebra have one thread, here and in processes that are made from here."""
    environment.update(dict.fromkeys(THREAD_LIMITS, "1"))


def take_kernel() -> None:
    """Take the compiled kernel of a container's image to where numba looks for it: it reads only what it may write."""
    if IMAGE.is_dir():
        copy = os.environ["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(prefix="relief-")
        shutil.copytree(IMAGE, copy, dirs_exist_ok=True)
        for directory, _, _ in os.walk(copy):
            os.chmod(directory, 0o700)


def leave_kernel() -> None:
    """Leave nothing of it behind."""
    if IMAGE.is_dir():
        shutil.rmtree(os.environ["NUMBA_CACHE_DIR"], ignore_errors=True)
