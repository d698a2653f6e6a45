"""The component tree as data: what is in it, under which ids."""

import json
from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def walk(node: Any) -> Iterator[Component]:
    """Yield every component of a tree, top down."""
    if isinstance(node, list | tuple):
        for child in node:
            yield from walk(child)
    elif isinstance(node, Component):
        yield node
        yield from walk(getattr(node, "children", None))


def key(id_: str | dict[str, Any]) -> str:
    """Return an id as text, the same for the same id."""
    return id_ if isinstance(id_, str) else json.dumps(id_, sort_keys=True)


def by_id(tree: Any) -> dict[str, Component]:
    """Return the components that have an id."""
    return {key(component.id): component for component in walk(tree) if hasattr(component, "id")}


def control_of(component: Component) -> str | None:
    """Return the name of the control a component is, if it is one."""
    id_ = getattr(component, "id", None)
    return id_["control"] if isinstance(id_, dict) else None


def option_values(component: Component) -> list[str]:
    """Return the values a menu offers."""
    return [option["value"] for option in component.data]
