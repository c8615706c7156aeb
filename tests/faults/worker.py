"""A server process that is killed: started once, forked for every round, answers the requests of one line in threads.

python -m tests.faults.worker

Reads one line a round, a JSON list of {"path", "body", "cookie", "token"}. Writes "ready"; then for every round the
process id that may be killed, one line per answer that has left the server, and "over".
"""

import io
import json
import os
import sys
from collections import deque
from threading import Thread
from typing import Any

from django.core.wsgi import get_wsgi_application

THREADS = 4
Job = dict[str, str]


def say(text: str) -> None:
    # One write: a line is there or it is not, however the process ends.
    os.write(1, f"{text}\n".encode())


def environ(job: Job) -> dict[str, Any]:
    body = job["body"].encode()
    return {
        "REQUEST_METHOD": "POST", "PATH_INFO": job["path"], "SCRIPT_NAME": "", "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1", "HTTP_ACCEPT": "application/json", "HTTP_COOKIE": job["cookie"],
        "HTTP_X_CSRFTOKEN": job["token"], "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.multithread": True, "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }  # fmt: skip


def answer(application: Any, job: Job, method: str = "POST") -> tuple[int, str]:
    status: list[str] = []
    response = application(environ(job) | {"REQUEST_METHOD": method}, lambda line, headers, *_: status.append(line))
    body = b"".join(response)
    response.close()
    return int(status[0][:3]), body.decode()


def answer_all(application: Any, jobs: "deque[tuple[int, Job]]") -> None:
    while jobs:
        number, job = jobs.popleft()
        status, body = answer(application, job)
        say(json.dumps({"number": number, "status": status, "body": body}))


def serve(application: Any, jobs: list[Job]) -> None:
    waiting = deque(enumerate(jobs))
    threads = [Thread(target=answer_all, args=[application, waiting]) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main() -> None:
    application = get_wsgi_application()
    # Addresses and catalogues are loaded once, before the fork; no connection is opened.
    answer(application, {"path": "/healthz", "body": "", "cookie": "", "token": ""}, method="GET")
    say("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            serve(application, json.loads(line))
            os._exit(0)
        say(str(child))
        os.waitpid(child, 0)
        say("over")


if __name__ == "__main__":
    main()
