"""Make sure that there are the servers which tests of a cluster start: python -m tests.app.install."""

import os
import shutil
import subprocess

SEARCH_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
PACKAGES = {"redis-server": "redis-server", "nginx": "nginx-light"}  # of Debian, by the program


def find(program: str) -> str | None:
    """Return the path of a program, also of those that only root has on the path."""
    return shutil.which(program, path=SEARCH_PATH)


def missing() -> list[str]:
    return [program for program in PACKAGES if find(program) is None]


def install() -> None:
    """Install what is missing, where that can be done; where not, say what to do: their tests are skipped then."""
    packages = [PACKAGES[program] for program in missing()]
    if packages and shutil.which("apt-get") and os.geteuid() == 0:
        # the package would start its server otherwise, at an address that may be taken
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
            print("+ apt-get", *command, flush=True)
            subprocess.run(["apt-get", *command], env=environment, check=False)
    for program in PACKAGES:
        print(f"{program}: {find(program) or told(program)}")


def told(program: str) -> str:
    return f"not here; install it (for example apt-get install {PACKAGES[program]}) to run its tests"


if __name__ == "__main__":
    install()
