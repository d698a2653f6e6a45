"""`make fuzz`: the laws of this folder, with many cases that differ every time, until time is up or a law broken."""

import os
import subprocess
import sys
import time
from pathlib import Path
from secrets import randbelow

MINUTES = float(os.environ.get("MINUTES", "60"))
HERE = Path(__file__).parent


def main() -> int:
    """Repeat all laws with another seed each round; it is printed, and what it has broken can be had again with it."""
    end = time.monotonic() + 60 * MINUTES
    chosen = sys.argv[1:] or [str(HERE)]
    rounds = 0
    while rounds == 0 or time.monotonic() < end:
        seed = os.environ.get("SEED") or str(randbelow(2**32))
        print(f"round {rounds + 1}: SEED={seed}", flush=True)
        command = [sys.executable, "-m", "pytest", "--hypothesis-profile=nightly", f"--hypothesis-seed={seed}"]
        done = subprocess.run(
            [*command, "-q", "-p", "no:cacheprovider", *chosen], env={**os.environ, "SEED": seed}, check=False
        )
        if done.returncode:
            print(f"to have it again: SEED={seed} MINUTES=0 make fuzz")
            return done.returncode
        rounds += 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
