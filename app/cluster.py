"""A cluster: tasks run by Celery workers, on any number of machines, that wait for them at a Redis server.

Tasks are pure, so nothing has to be kept safe. Whoever gets no answer asks again, and a second answer is dropped.
"""

import threading
import time
import uuid
from typing import Any, cast
from urllib.parse import urlsplit

import orjson
from celery import Celery, Task, states
from celery.exceptions import OperationalError, SoftTimeLimitExceeded, TimeLimitExceeded
from kombu.pools import ProducerPool
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from app.tasks import TASKS, Payload, perform
from app.worker import TaskError, WorkerError

QUEUE = "relief-tasks"
MOST_WAITING = 256  # messages that stay in the queue when another comes; older ones are nobody's any more

LONGEST_TASK = 10  # s; after it a task is interrupted, and killed if that does not help
PATIENCE = 2.0  # s until the first asking again; twice as long after each
LONGEST_RUN = 30.0  # s until `run` gives up
PAUSE = 0.2  # s between attempts to reach Redis
LOOK = 1.0  # s for which a thread sleeps in Redis before it looks whether it is still wanted

CONFIGURATION: dict[str, Any] = {
    # JSON and nothing else: unpickling what lies in Redis would run it.
    "accept_content": ["json"],
    "task_serializer": "json",
    "result_serializer": "json",
    "result_accept_content": ["json"],
    # A message leaves the queue when its task is done, and goes back when the process dies under it.
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_lost_wait": 0.5,  # s
    "worker_proc_alive_timeout": 30,  # s a process may take to begin
    "worker_prefetch_multiplier": 1,
    "task_soft_time_limit": LONGEST_TASK,
    "task_time_limit": LONGEST_TASK + 2,
    "task_default_queue": QUEUE,
    "task_create_missing_queues": True,
    "result_expires": int(LONGEST_RUN),  # s; whoever asked has given up by then
    # Redis may come and go.
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_transport_options": {
        "priority_steps": [0],
        "visibility_timeout": 60,  # s after which what a killed worker held is given to others; it has expired by then
        "socket_timeout": 5,  # s
        "socket_connect_timeout": 2,  # s
    },
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    # No traffic but tasks and answers.
    "worker_enable_remote_control": False,
    "worker_send_task_events": False,
    "worker_detect_quorum_queues": False,
    "worker_hijack_root_logger": False,
}

UNREACHABLE = (OperationalError, RedisError, OSError)
TOO_LONG = {SoftTimeLimitExceeded.__name__, TimeLimitExceeded.__name__}


def application(url: str) -> Celery:
    """Make the Celery application: a task for each of ``app.tasks.TASKS``, by the same name.

    What a task takes and returns is JSON in a string, as it is on the pipes of ``app.pool``.

    Args:
        url: of the Redis server, ``redis://…`` or ``rediss://…``.

    Raises:
        ValueError: where the URL is of something else.
    """
    scheme = urlsplit(url).scheme
    if scheme not in ("redis", "rediss"):
        # the rest of it may hold a password
        raise ValueError(f"CELERY_BROKER_URL begins with {scheme!r}; expected redis://host:port/number, or rediss://…")
    made = Celery("relief", broker=url, backend=f"app.answers:Answers+{url}", set_as_current=False)
    made.conf.update(CONFIGURATION)
    for name in TASKS:
        made.task(_answer, name=name, bind=True)
    made.finalize()
    return made


def _answer(task: Task, asked: str) -> str:
    return orjson.dumps(perform(task.name, orjson.loads(asked))).decode()


class CeleryWorker:
    """Asks the Celery workers that wait at a Redis server, and has at most ``processes`` tasks with them at once.

    Args:
        url: of the Redis server.
        processes: how many tasks it may have with them; others wait here, so that what lies in Redis is bounded.
        patience: seconds until the first asking again; twice as long after each.
        longest: seconds until ``run`` gives up.
    """

    def __init__(self, url: str, processes: int, patience: float = PATIENCE, longest: float = LONGEST_RUN) -> None:
        self.processes = processes
        self._patience = patience
        self._longest = longest
        self._places = threading.BoundedSemaphore(processes)
        self._is_closed = threading.Event()
        self._celery = application(url)
        # Not those of the application: Kombu shares them with everybody who has the same URL, to the closing.
        self._connections = self._celery.connection_for_write().Pool(processes)
        self._producers = ProducerPool(self._connections, limit=processes)
        self._redis = Redis.from_url(
            url,
            max_connections=processes,
            socket_timeout=LOOK + 1,
            socket_connect_timeout=2,
            retry=Retry(NoBackoff(), 0),
        )

    def run(self, task: str, payload: Payload) -> Payload:
        if task not in TASKS:
            raise TaskError(f"there is no task {task!r}")
        deadline = time.monotonic() + self._longest
        if not self._places.acquire(timeout=self._longest):
            raise WorkerError(f"no background process was free within {self._longest:g} s")
        try:
            return self._ask(task, orjson.dumps(payload).decode(), deadline)
        finally:
            self._places.release()

    def close(self) -> None:
        self._is_closed.set()
        for _ in range(self.processes):  # until nobody is under way any more
            self._places.acquire()
        self._redis.close()
        self._producers.force_close_all()
        self._connections.force_close_all()
        self._celery.close()
        self._places.release(self.processes)

    def _ask(self, task: str, payload: str, deadline: float) -> Payload:
        """Ask, and ask again, until there is an answer."""
        place = f"relief-answer-{uuid.uuid4()}"  # the same each time, so that any of the answers will do
        patience = self._patience
        while not self._is_closed.is_set() and time.monotonic() < deadline:
            try:
                # What has lain there for long has expired, and where there are no workers nobody takes it away.
                self._redis.ltrim(QUEUE, 0, MOST_WAITING - 1)
                self._send(task, payload, place, patience)
                answer = self._listen(place, min(time.monotonic() + patience, deadline))
                if answer is not None:
                    return _open(answer)
            except UNREACHABLE:
                self._is_closed.wait(PAUSE)
            else:
                patience *= 2
        if self._is_closed.is_set():
            raise WorkerError("this server is about to end")
        raise WorkerError(f"no background process has answered within {self._longest:g} s")

    def _send(self, task: str, payload: str, place: str, expires: float) -> None:
        with self._producers.acquire(block=True) as producer:
            self._celery.send_task(
                task,
                (payload,),
                reply_to=place,
                expires=expires,
                producer=producer,
                retry=False,
                declare=[],  # a queue of Redis needs no declaration
                argsrepr="",
            )

    def _listen(self, place: str, deadline: float) -> bytes | None:
        """Wait for the answer, and return None if there is none before the deadline."""
        while not self._is_closed.is_set() and (left := deadline - time.monotonic()) > 0:
            found = self._redis.blpop([place], max(min(left, LOOK), 0.01))
            if found:
                return cast("list[bytes]", found)[1]
        return None


def _open(answer: bytes) -> Payload:
    """Return what a task has returned.

    Raises:
        WorkerError: when it took too long.
        TaskError: when it failed.
    """
    meta = orjson.loads(answer)
    if meta["status"] == states.SUCCESS:
        result: Payload = orjson.loads(meta["result"])
        return result
    if meta["result"]["exc_type"] in TOO_LONG:
        raise WorkerError(f"a task took more than {LONGEST_TASK} s")
    raise TaskError(meta["traceback"] or str(meta["result"]))
