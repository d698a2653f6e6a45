"""Headers: what every answer says about what the page may do.

Scripts and style sheets say less: a policy is that of the document which loads them, they hold
nothing that is not public, and on some ninety small files it would be a tenth of what a first
visit transfers. Strict-Transport-Security is for the proxy that ends TLS to say: only it knows
that there is TLS.
"""

from collections.abc import Sequence

from flask import Flask, Response, request

# Nothing the page needs; it writes to the clipboard and fills the screen.
REFUSED = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)
# The older header for the same, which scanners and old browsers look for; it has no words for anything else.
FRAME_OPTIONS = {"'none'": "DENY", "'self'": "SAMEORIGIN"}
PARTS = ("text/javascript", "application/javascript", "text/css")  # of a document, and none themselves


def register(server: Flask, script_hashes: Sequence[str], frame_ancestors: str) -> None:
    """Add security headers to every answer.

    Args:
        script_hashes: of the page's inline scripts, from ``Dash.csp_hashes``.
        frame_ancestors: who may embed the page, a Content-Security-Policy source list.
    """
    policy = "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src", "'self'", *script_hashes]),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {frame_ancestors}",
            "worker-src 'self' blob:",
        ]
    )

    document_headers = {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",  # no other site loads it as a picture or a script
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in REFUSED),
    }
    if frame_ancestors in FRAME_OPTIONS:
        document_headers["X-Frame-Options"] = FRAME_OPTIONS[frame_ancestors]

    @server.after_request
    def secure(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        if response.mimetype in PARTS:
            response.headers.pop("Content-Disposition", None)
            return response
        response.headers.update(document_headers)
        if request.path.startswith("/api/"):
            response.headers["Cache-Control"] = "no-store"
        return response
