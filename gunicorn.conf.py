"""How gunicorn serves Relief: one process, many threads (a training stream holds one each)."""

import os

from app.environment import leave_kernel, take_kernel
from app.settings import read_settings

settings = read_settings(os.environ)

wsgi_app = "app:create_app()"
bind = f"{settings.host}:{settings.port}"
worker_class = "gthread"
workers = 1
threads = settings.threads
graceful_timeout = 3  # s; an open stream would hold the old process longer, and loses nothing by being cut
keepalive = 30  # s
control_socket_disable = True  # it would be a file in $HOME, which a container may not write
loglevel = "warning"
if os.path.isdir("/dev/shm"):
    worker_tmp_dir = "/dev/shm"


def on_starting(server):
    """Load what a container's image has compiled."""
    take_kernel()


def on_exit(server):
    """Leave nothing behind."""
    leave_kernel()


def post_worker_init(worker):
    """Say where to look, once the page can be had there."""
    print(f"Relief is at http://{bind}", flush=True)
