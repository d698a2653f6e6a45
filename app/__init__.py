"""Relief, the web application."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from dash import Dash

    from app.settings import Settings
    from app.worker import Worker


VERSION = "0.1.0"


def create_app(
    settings: "Settings | None" = None, worker: "Worker | None" = None, log: "Callable[[str], None] | None" = None
) -> "Dash":
    """Build the application.

    Args:
        settings: defaults to what the environment says.
        worker: defaults to the one that the settings choose.
        log: is given a line for each run that has ended; defaults to standard output.
    """
    # imported here, because the background processes import this package too and need no Dash
    from app import application  # noqa: PLC0415

    return application.create_app(settings, worker, log)
