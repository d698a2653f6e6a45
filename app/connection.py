"""The connection of a request: whether anybody is still there, and whether they read."""

import socket
from collections.abc import Callable, Mapping
from typing import Any

SOCKETS = ("gunicorn.socket", "werkzeug.socket")  # where servers put it


def hang_up_detector(environment: Mapping[str, Any]) -> Callable[[], bool]:
    """Return a function that tells whether the client has closed the connection; never, where there is none to look at.

    Args:
        environment: of WSGI.
    """
    connection = _socket_of(environment)
    if not isinstance(connection, socket.socket):
        return lambda: False

    def has_hung_up() -> bool:
        try:
            return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:  # nothing to read, and nothing is how a client that listens looks
            return False
        except OSError:  # reset, or closed on this side
            return True

    return has_hung_up


def stall_detector(environment: Mapping[str, Any]) -> Callable[[], bool]:
    """Return a function that tells whether the connection was given up because its client did not read."""
    connection = _socket_of(environment)
    return lambda: bool(getattr(connection, "has_stalled", False))


def _socket_of(environment: Mapping[str, Any]) -> Any:
    return next((environment[name] for name in SOCKETS if name in environment), None)
