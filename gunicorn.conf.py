"""How gunicorn serves Relief: one process, many threads (a training stream holds one each)."""

import os
import resource
import signal

from app.environment import leave_kernel, take_kernel
from app.places import QUESTIONS
from app.settings import read_settings

OTHERS = 48  # threads for whatever waits for no turn

settings = read_settings(os.environ)

wsgi_app = "app:create_app()"
bind = f"{settings.host}:{settings.port}"
worker_class = "app.serving.PatientWorker"
workers = 1
threads = settings.streams + QUESTIONS + OTHERS
worker_connections = min(
    1000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 100
)  # a file each, and some for the rest
sendfile = False  # it knows no limit of time
graceful_timeout = 5  # s; streams end with their slice, and clients have 2 s for a request on their way
keepalive = 30  # s
control_socket_disable = True  # it would be a file in $HOME, which a container may not write
loglevel = "error"  # a warning would be a line, with an address, for every request that makes no sense
if os.path.isdir("/dev/shm"):
    worker_tmp_dir = "/dev/shm"


def on_starting(server):
    """Load what a container's image has compiled."""
    take_kernel()


def when_ready(server):
    """Have a second SIGTERM end at once what the first has asked to end, as SIGQUIT does."""
    asked = []

    def end(number, frame):
        server.signal(signal.SIGQUIT if asked else number, frame)
        asked.append(number)

    signal.signal(signal.SIGTERM, end)


def on_exit(server):
    """Leave nothing behind."""
    leave_kernel()


def post_worker_init(worker):
    """Say where to look, once the page can be had there."""
    print(f"Relief is at http://{bind}", flush=True)
