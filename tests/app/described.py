"""What the published description says of a document, a request and an answer, asked of a validator of JSON Schema."""

import json
from functools import cache
from typing import Any

import jsonschema_rs
from werkzeug.test import TestResponse

from app.openapi import description

DRAFT = "https://json-schema.org/draft/2020-12/schema"
NDJSON = "application/x-ndjson"


@cache
def described() -> dict[str, Any]:
    """Return the description as it is served."""
    parsed: dict[str, Any] = json.loads(json.dumps(description()))
    return parsed


def validator(schema: dict[str, Any]) -> Any:
    """Return what checks values against a schema that may refer to those of the description."""
    return jsonschema_rs.validator_for({"$schema": DRAFT, "components": described()["components"], **schema})


@cache
def named(name: str) -> Any:
    """Return what checks values against a schema of the description."""
    return validator({"$ref": f"#/components/schemas/{name}"})


@cache
def _of_answer(method: str, path: str, status: str, mimetype: str) -> Any:
    responses = described()["paths"][path][method]["responses"]
    assert status in responses, f"{method} {path} may not be answered with {status}"
    content = responses[status]["content"]
    kinds = {kind.partition(";")[0]: entry for kind, entry in content.items()}
    assert mimetype in kinds, f"{method} {path} may not be answered with {mimetype}"
    if mimetype == NDJSON:
        return named("Line")
    return validator(kinds[mimetype]["schema"]) if mimetype == "application/json" else None


def assert_is_described(response: TestResponse, method: str, path: str) -> None:
    """Check an answer's status, type and contents against what is said of ``path`` as the description writes it."""
    known = _of_answer(method, path, str(response.status_code), response.mimetype)
    if known is None:
        return
    data = response.get_data()
    for value in (
        [json.loads(line) for line in data.splitlines()] if response.mimetype == NDJSON else [json.loads(data)]
    ):
        assert_fits(known, value)


def assert_fits(known: Any, value: Any) -> None:
    errors = [f"{error.message} at {list(error.instance_path)}" for error in known.iter_errors(value)]
    assert errors == []
