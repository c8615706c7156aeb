"""A crowd of phones: raw HTTP/1.1 over asyncio, so that the client costs little beside the server it measures.

Reads one JSON line per request on stdin, {"path", "body", "cookie", "token"}; prints one JSON answer for all.
"""

import asyncio
import json
import sys
import time
from typing import Any

CONCURRENCY = 64


def request(job: dict[str, str], host: str) -> bytes:
    body = job["body"].encode()
    head = [
        f"POST {job['path']} HTTP/1.1",
        f"Host: {host}",
        "Accept: application/json",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Connection: keep-alive",
    ]
    if job["cookie"]:
        head += [f"Cookie: {job['cookie']}", f"X-CSRFToken: {job['token']}"]
    if address := job.get("address"):
        head.append(f"X-Forwarded-For: {address}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status, length = int(head[9:12]), 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return status, await reader.readexactly(length)


async def phone(jobs: list[bytes], port: int, seen: list[tuple[float, int, bytes]]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while jobs:
        sent = jobs.pop()
        start = time.perf_counter()
        writer.write(sent)
        status, body = await answer(reader)
        seen.append((time.perf_counter() - start, status, body))
    writer.close()


async def crowd(jobs: list[bytes], port: int) -> dict[str, Any]:
    seen: list[tuple[float, int, bytes]] = []
    total = len(jobs)
    start = time.perf_counter()
    await asyncio.gather(*(phone(jobs, port, seen) for _ in range(CONCURRENCY)))
    seconds = time.perf_counter() - start
    times = sorted(one[0] for one in seen)
    good = sum(one[1] == 200 and b'"done"' in one[2] for one in seen)
    wrong = next((f"{one[1]} {one[2][:200]!r}" for one in seen if one[1] != 200), "")
    return {
        "requests": total,
        "per_second": round(total / seconds, 1),
        "p50_ms": round(times[len(times) // 2] * 1000, 1),
        "p99_ms": round(times[int(len(times) * 0.99) - 1] * 1000, 1),
        "good": good,
        "wrong": wrong,
    }


def main() -> None:
    port = int(sys.argv[1])
    jobs = [request(json.loads(line), f"127.0.0.1:{port}") for line in sys.stdin]
    sys.stdout.write(json.dumps(asyncio.run(crowd(jobs, port))))


if __name__ == "__main__":
    main()
