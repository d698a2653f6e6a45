"""Cases that schemathesis makes of nothing but the published description, right ones and wrong ones."""

from typing import Any

import schemathesis
from hypothesis import settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from app.stream import MOST_EPOCHS
from tests.app.applications import application
from tests.fuzz.laws import within_the_limit

EPOCHS = 2  # of a run, where as many are asked for as there may be
SLOWEST = 100  # epochs a second, where fewer are asked for

IS_QUICK = settings.get_current_profile_name() == "quick"
PHASES = ["examples", "fuzzing"] if IS_QUICK else ["examples", "coverage", "fuzzing"]

schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application().server)
schema.config.phases.update(phases=PHASES)


@schemathesis.hook
def before_call(context: Any, case: Any, _: Any) -> None:
    """A run that would go on until the page closes it ends soon: nobody closes it here."""
    if not isinstance(case.body, dict) or case.path != "/api/train":
        return
    epochs, rate = case.body.get("epochs", MOST_EPOCHS), case.body.get("rate")
    if is_number(epochs) and EPOCHS < epochs <= MOST_EPOCHS:
        case.body["epochs"] = EPOCHS
    if is_number(rate) and 0.1 <= rate < SLOWEST:
        case.body["rate"] = SLOWEST


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@schema.parametrize()
@settings(max_examples=5 if IS_QUICK else 300)
def test_the_server_keeps_to_its_description(case: Any) -> None:
    """What is described as wrong is refused; the other way round there are things that no schema can say."""
    with within_the_limit():
        case.call_and_validate(
            checks=[
                not_a_server_error,
                checks.status_code_conformance,
                checks.content_type_conformance,
                checks.response_headers_conformance,
                checks.response_schema_conformance,
                checks.negative_data_rejection,
                checks.unsupported_method,
            ],
            headers={"Accept-Encoding": "identity"},  # nothing is uncompressed where there is no connection
        )
