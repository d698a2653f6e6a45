"""How hard it is tried: a few cases that are always the same, or, in `make fuzz`, many that never are."""

import gc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.browser.conftest import (  # noqa: F401  fixtures, of the page too
    browser_context_args,
    browser_type_launch_args,
    modules,
    relief,
    server,
    shared,
)
from tests.fuzz.laws import resident

CHECKS = list(HealthCheck)
ALWAYS = {"deadline": None, "database": None, "suppress_health_check": CHECKS}
MEMORY = 600e6  # bytes that thousands of cases may leave behind, most of it in caches of 64 and of 512 entries

settings.register_profile("quick", max_examples=35, derandomize=True, **ALWAYS)
settings.register_profile("nightly", max_examples=1500, print_blob=True, **ALWAYS)
settings.load_profile("quick")


@pytest.fixture(scope="module")
def bounded_memory() -> Iterator[None]:
    """All cases of a module together leave little behind."""
    gc.collect()
    before = resident()
    yield
    gc.collect()
    assert resident() - before < MEMORY
