"""What may be wrong with a document or with the bytes of a request: damage done at a place that hypothesis chooses."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]

NAN, INFINITY = float("nan"), float("inf")
DEEP = 60  # levels; what is deeper by far is damage to the bytes
STRANGE_NUMBERS = [0, -1, 1, 2, 0.5, -0.0, 1e-320, 1e300, -1e300, 2**31, 2**63, 2**64, -(2**63), 10**30, NAN, INFINITY]
STRANGE_TEXTS = [
    "",
    "tanh",
    "x" * 3000,
    "\ud800",
    "\0",
    "𝕎∑é\n",
    "AAAA",
    "////////",
    "AAAAAAAA8H8=",
    "=",
    "__proto__",
    "${7*7}{{7*7}}",
    "<script>",
    "1e999",
    "-inf",
    "٣",
]


def nested(depth: int) -> Any:
    value: Any = 1
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(STRANGE_NUMBERS),
    st.sampled_from(STRANGE_TEXTS),
    st.sampled_from([[], {}, [[]], [None], {"": None}, {"__proto__": {}}, [1, 2], [[0, 0]] * 4001, nested(DEEP)]).map(
        copy.deepcopy
    ),  # what is drawn may be damaged further
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
        max_leaves=6,
    ),
)


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every part of a value, the value itself first; of long lists their beginning."""
    yield path
    if isinstance(value, dict):
        for name, part in value.items():
            yield from paths(part, (*path, name))
    elif isinstance(value, list):
        for index, part in enumerate(value[:3]):
            yield from paths(part, (*path, index))


@st.composite
def damaged(draw: st.DrawFn, whole: st.SearchStrategy[Any]) -> Any:
    """Draw a value with one to three of its parts replaced, removed, repeated or added to."""
    value = copy.deepcopy(draw(whole))
    for _ in range(draw(st.integers(1, 3))):
        everywhere = list(paths(value))
        path = draw(st.sampled_from(everywhere[1:] or everywhere))
        value = draw(_hurt(value, path))
    return value


@st.composite
def _hurt(draw: st.DrawFn, value: Any, path: Path) -> Any:
    if not path:
        return draw(STRANGE)
    parent = value
    for step in path[:-1]:
        parent = parent[step]
    last = path[-1]
    how = draw(st.sampled_from(["replace", "replace", "replace", "remove", "repeat", "add"]))
    if how == "remove":
        del parent[last]
    elif how == "repeat" and isinstance(parent, list):
        parent.insert(last, parent[last])  # type: ignore[arg-type]  # the index of a list
    elif how == "add" and isinstance(parent, dict):
        parent[draw(st.text(max_size=6))] = draw(STRANGE)
    else:
        parent[last] = draw(_near(parent[last]) | STRANGE)
    return value


def _near(value: Any) -> st.SearchStrategy[Any]:
    """Draw what is nearly a value: a number beside it, a text cut or with a character changed."""
    if isinstance(value, bool) or value is None:
        return st.just(not value)
    if isinstance(value, int | float):
        return st.sampled_from([value + 1, value - 1, -value, float(value), value * 1e6, str(value), [value]])
    if isinstance(value, str):
        return st.sampled_from([value[:-1], value[1:], value + "A", value + "\n", value.upper(), f" {value}", [value]])
    return st.just(json.dumps(value))


@st.composite
def damaged_bytes(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    """Draw bytes that were cut, changed, repeated, or put into something deep."""
    data = draw(whole)
    how = draw(st.sampled_from(["cut", "flip", "insert", "twice", "deep", "spaces", "utf-16", "other"]))
    at = draw(st.integers(0, len(data)))
    if how == "cut":
        return data[:at]
    if how == "flip":
        return (
            data[:at] + bytes(byte ^ draw(st.sampled_from([1, 32, 128])) for byte in data[at : at + 1]) + data[at + 1 :]
        )
    if how == "insert":
        return data[:at] + draw(st.binary(min_size=1, max_size=8)) + data[at:]
    if how == "deep":
        depth = draw(st.sampled_from([100, 1000, 30_000]))
        return b"[" * depth + data + b"]" * draw(st.sampled_from([0, depth]))
    others = {"twice": data + data, "spaces": data + b" " * 600_000, "utf-16": data.decode().encode("utf-16")}
    return others.get(how) or draw(st.binary(max_size=200))
