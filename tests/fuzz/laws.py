"""What holds of every answer, whatever was asked."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from nets import parse, serialise
from tests.app.described import assert_is_described, named

# s of processor time that one request, or one slice of a run, may take. The costliest that are known (ARCHITECTURE.md)
# take a fifth of it, 64 changes of the costliest formula one after another four fifths.
LIMIT = 5.0
LONGEST_ERROR = 1000  # characters: some name all that there is to choose from
PLACE = re.compile(r"[a-z]\w*(\[\d+\])*([.\[].*)?", re.DOTALL)


@contextmanager
def within_the_limit() -> Iterator[None]:
    """Fail where what is done takes longer than a request may; other programs on the machine count for nothing."""
    start = time.process_time()
    yield
    taken = time.process_time() - start
    assert taken < LIMIT, f"{taken:.2f} s"


def assert_is_answer(response: TestResponse, path: str, body: Any) -> None:
    """Check an answer to a POST: as described, no fault of the server, and if it is a refusal, one with a place."""
    assert response.status_code < 500
    assert_is_described(response, "post", path)
    if response.status_code >= 400:
        assert_is_refusal(json.loads(response.get_data()), response.status_code, body)


def assert_is_refusal(answer: dict[str, str], status: int, body: Any) -> None:
    error, where = answer["error"], answer["where"]
    assert 0 < len(error) < LONGEST_ERROR
    assert not any(sign in error for sign in ("Traceback", 'File "', "\n"))
    if status != 422:
        assert where == ""
    elif isinstance(body, dict):
        model = body.get("model")
        # a field that nobody knows is named as it is; the document itself has no name
        names = [*body, *model] if isinstance(model, dict) else [*body, ""]
        assert PLACE.fullmatch(where) or where in {name[:40] for name in names}, where


def assert_comes_back(document: Any) -> None:
    """Check that a document which was taken is as described, and the same after it was read and written."""
    assert named("Document").is_valid(json.loads(json.dumps(document)))
    once = serialise(parse(document))
    twice = serialise(parse(json.loads(json.dumps(once))))
    assert json.dumps(once) == json.dumps(twice)


def resident() -> int:
    """Return the bytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096
