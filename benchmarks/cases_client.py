"""Residents who ask at a steady rate: request number n is sent n / rate seconds after the first, whatever became of
the others, and its time counts from then.

    python -m benchmarks.cases_client PORT RATE

Reads one JSON line per request on stdin, {"path", "body", "cookie", "token", "address", "id"}; prints one JSON answer.
Accepted is who is led on to his code (302 to /cases/help/received/).
"""

import asyncio
import json
import sys
import time
from typing import Any

from benchmarks.check_in_client import answer, request

CONNECTIONS = 64
# How long after the last one was due an answer is waited for, in seconds.
PATIENCE = 60


async def resident(
    line: "asyncio.Queue[tuple[float, str, bytes]]", port: int, seen: list[tuple[float, int, str]]
) -> None:
    """One connection: takes whoever is next in the line."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while True:
        due, key, sent = await line.get()
        writer.write(sent)
        status, _body = await answer(reader)
        seen.append((time.perf_counter() - due, status, key))
        line.task_done()


async def crowd(sent: list[tuple[str, bytes]], port: int, rate: float) -> dict[str, Any]:
    seen: list[tuple[float, int, str]] = []
    line: asyncio.Queue[tuple[float, str, bytes]] = asyncio.Queue()
    residents = [asyncio.create_task(resident(line, port, seen)) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for n, (key, one) in enumerate(sent):
        due = began + n / rate
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        line.put_nowait((due, key, one))
    waiting = asyncio.create_task(line.join())
    await asyncio.wait([waiting, *residents], return_when=asyncio.FIRST_COMPLETED, timeout=PATIENCE)
    seconds = time.perf_counter() - began
    for one in residents:
        one.cancel()
    times = sorted(each for each, _status, _key in seen)
    quantile = {of: round(times[max(0, -(-len(times) * of // 100) - 1)] * 1000, 1) for of in (50, 95, 99)}
    wrong = [status for _each, status, _key in seen if status != 302]
    return {
        "sent": len(sent),
        "answered": len(seen),
        "seconds": round(seconds, 2),
        "per_second": round(len(seen) / seconds, 1),
        **{f"p{of}_ms": ms for of, ms in quantile.items()},
        "refused": {str(status): wrong.count(status) for status in set(wrong)},
        "accepted": [key for _each, status, key in seen if status == 302],
    }


def main() -> None:
    port, rate = int(sys.argv[1]), float(sys.argv[2])
    lines = [json.loads(line) for line in sys.stdin]
    sent = [(one["id"], request(one, f"127.0.0.1:{port}")) for one in lines]
    sys.stdout.write(json.dumps(asyncio.run(crowd(sent, port, rate))))


if __name__ == "__main__":
    main()
