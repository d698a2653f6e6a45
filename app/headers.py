"""Headers: what every answer says about what the page may do.

Scripts and style sheets say less: a policy is that of the document which loads them, and on some
ninety small files it would be a tenth of what a first visit transfers.
"""

from collections.abc import Sequence

from flask import Flask, Response, request

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

    @server.after_request
    def secure(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        if response.mimetype in PARTS:
            response.headers.pop("Content-Disposition", None)
            return response
        response.headers["Content-Security-Policy"] = policy
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if request.path.startswith("/api/"):
            response.headers["Cache-Control"] = "no-store"
        return response
