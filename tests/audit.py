"""Asks the index's vulnerability service about everything that is locked, and says what could not be asked.

``make audit`` runs it. pip-audit itself counts what it could not look up as well.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FINE, VULNERABLE, UNKNOWN = 0, 1, 2  # exit codes


def audit(locks: Sequence[Path]) -> list[dict[str, Any]]:
    """Return what pip-audit found about each locked package.

    Raises:
        RuntimeError: where it did not answer at all, with its last words.
    """
    named = [word for lock in locks for word in ("-r", str(lock))]  # it does not follow what a lock includes
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--progress-spinner=off"]
    told = subprocess.run([*command, "--format=json", *named], capture_output=True, text=True, check=False)
    try:
        found: list[dict[str, Any]] = json.loads(told.stdout)["dependencies"]
    except (ValueError, KeyError):
        raise RuntimeError((told.stderr.strip() or "no answer").splitlines()[-1]) from None
    return found


def report(dependencies: Sequence[dict[str, Any]]) -> tuple[str, int]:
    """Return what is to be said about them, and the exit code."""
    asked = [one for one in dependencies if "vulns" in one]
    flaws = [
        f"{one['name']} {one['version']}: {flaw['id']}, fixed in {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for one in asked
        for flaw in one["vulns"]
    ]
    total = f"{len(asked)} of {len(dependencies)} packages looked up, {len(flaws)} vulnerabilities known"
    n_unknown = len(dependencies) - len(asked)
    unknown = [f"NOTHING IS KNOWN about {n_unknown}: the vulnerability service was not reached or lacks them"]
    is_complete = bool(dependencies) and not n_unknown
    code = VULNERABLE if flaws else FINE if is_complete else UNKNOWN
    return "\n".join([*flaws, total, *([] if is_complete else unknown)]), code


def main() -> int:
    """Print the report; return 0 when all is known to be well."""
    try:
        text, code = report(audit(sorted(ROOT.glob("requirements*.lock"))))
    except RuntimeError as error:
        text, code = f"NOTHING COULD BE CHECKED: {error}", UNKNOWN
    print(text)
    return code


if __name__ == "__main__":
    sys.exit(main())
