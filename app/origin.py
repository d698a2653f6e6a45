"""Who is asked, and whose page asks: requests under a foreign name, or from the page of another site, are refused.

The first keeps a site that has its own name point to this machine (DNS rebinding) from using a server that only
listens here; the second keeps other sites' pages from having their visitors' browsers ask for work (cross-site request
forgery). Both judge by headers that a browser sets and a page cannot; programs other than browsers may send anything.
"""

import ipaddress
import re

from flask import Flask, request
from werkzeug.exceptions import BadRequest, Forbidden
from werkzeug.sansio.utils import host_is_trusted

LOOPBACK = ("localhost", ".localhost", "127.0.0.1", "[::1]")  # always allowed: nobody else can have these names
PROBES = ("/healthz", "/readyz")  # orchestrators ask by address; the answers are no secrets
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")  # they change nothing, and what they answer another site cannot read
DEFAULT_PORTS = {"http": "80", "https": "443"}


def register(server: Flask, host: str, hosts: str) -> None:
    """Refuse, before anything else happens, what is asked under a foreign name or by a page of another site.

    Args:
        host: the address that is listened to.
        hosts: the setting RELIEF_HOSTS.
    """
    names = allowed_hosts(host, hosts)

    @server.before_request
    def check() -> None:
        asked = request.headers.get("Host", "")
        if request.path not in PROBES and not is_host_allowed(asked, names):
            raise BadRequest(f"this server is not asked under the name {asked[:80]!r}; RELIEF_HOSTS says which it has")
        if request.method not in SAFE_METHODS and is_from_another_site(
            request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin"), asked
        ):
            raise Forbidden("the page of another site asked for this; only pages of this server may")


def allowed_hosts(host: str, hosts: str) -> tuple[str, ...]:
    """Return the names under which a server that listens to ``host`` may be asked; none means any."""
    named = tuple(name for name in (part.strip().lower() for part in hosts.split(",")) if name)
    return (*named, *LOOPBACK) if named or is_loopback(host) else ()


def is_loopback(host: str) -> bool:
    """Whether an address can only be reached from this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def is_host_allowed(host: str, names: tuple[str, ...]) -> bool:
    """Whether a Host header has one of the names, and any port."""
    host = host.lower()
    if not names:
        return True
    if host.startswith("["):  # Werkzeug does not find IPv6 addresses in its list
        return re.sub(r":\d+$", "", host) in names
    return host_is_trusted(host, names)


def is_from_another_site(fetch_site: str | None, origin: str | None, host: str) -> bool:
    """Whether a browser says that the page of another site sends this request.

    ``Sec-Fetch-Site`` tells it outright, but browsers send it over TLS and to this machine only. Elsewhere ``Origin``
    is compared with ``Host``, without the scheme, which a proxy that ends TLS changes. What sends neither is no page.
    """
    if origin == "null":  # of a sandboxed frame, a file, a redirect from elsewhere
        return True
    if fetch_site is not None:
        return fetch_site not in ("same-origin", "none")
    return origin is not None and not _is_same_host(origin, host)


def _is_same_host(origin: str, host: str) -> bool:
    scheme, _, address = origin.lower().partition("://")
    port = ":" + DEFAULT_PORTS.get(scheme, "")
    return bool(address) and address.removesuffix(port) == host.lower().removesuffix(port)
