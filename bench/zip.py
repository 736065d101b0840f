"""The download ZIP of 2 GB of videos against `cat`, over the same kind of socket to the same reader.

Prints the time to the first byte, both throughputs, and how much the memory of the server's process grew.
The videos are real files in a throw-away installation; the server is `rushes api` in a process of its own.
Exits 1 when it grew by 32 MiB or more.

    python -m bench.zip [--videos 200] [--mb 10]
"""

import argparse
import asyncio
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from bench._home import Home, cpu_seconds, free_port, home, peak_rss_mib, stop, until_answers
from rushes.engine.runtime import Runtime, open_runtime
from rushes.engine.views import JobSettings
from rushes.jobs.start import create_job
from rushes.platform.db.models import LOCAL_OWNER

GOAL_MIB = 32.0
ROUNDS = 3
READ_BYTES = 1024 * 1024
MB = 1_000_000

SHOT = text(
    "INSERT INTO shots (id, owner_id, job_id, number, prompt, seed)"
    " VALUES (gen_random_uuid(), :owner, :job, 1, 'a shot', 1) RETURNING id"
)
VIDEO = text(
    """
    INSERT INTO videos (id, owner_id, job_id, shot_id, position, prompt_number, video_index, status,
        retry_count, prompt_text, seed, provider, model, selected, upscaled, cost, video_key, size_bytes,
        sha256, generation_started_at, generation_completed_at)
    VALUES (:id, :owner, :job, :shot, :n, :n, 1, 'completed', 0, 'a shot of the harbour at night', 1, 'echo',
        'echo-1', false, false, 0.01, :key, :size, :sha256, now(), now())
    """
)

ASSET = text(
    """
    WITH stored AS (
        INSERT INTO assets (key, owner_id, job_id, media_type, sha256, size_bytes)
        VALUES (:key, :owner, :job, 'video/mp4', :sha256, :size)
    )
    INSERT INTO asset_sums (key, owner_id, sha256, crc32) VALUES (:key, :owner, :sha256, :crc32)
    """
)
"""What storing a take writes: the sum of its bytes is known from then on."""


@dataclass
class Transfer:
    """One reading of everything: seconds, bytes."""

    first_byte: float
    total: float
    size: int

    @property
    def mb_per_second(self) -> float:
        """Millions of bytes a second."""
        return self.size / MB / self.total


async def fill(run: Runtime, videos: int, size: int) -> list[UUID]:
    """A job of that many finished videos, `size` bytes each, no two the same."""
    job_id = await create_job(run, LOCAL_OWNER, "bench", JobSettings.model_validate({"provider": "echo"}))
    rest = os.urandom(size - 16)
    ids = [UUID(bytes=os.urandom(16)) for _ in range(videos)]
    async with run.db.begin() as session:
        shot = (await session.execute(SHOT, {"owner": LOCAL_OWNER, "job": job_id})).scalar_one()
        for n, video_id in enumerate(ids, start=1):
            key = f"jobs/{job_id}/videos/{video_id}.mp4"
            path = run.settings.storage_dir / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(video_id.bytes + rest)
            row = {"id": video_id, "owner": LOCAL_OWNER, "job": job_id, "shot": shot, "n": n, "key": key}
            sha256 = hashlib.sha256(video_id.bytes).hexdigest()  # nobody compares it here
            await session.execute(VIDEO, {**row, "size": size, "sha256": sha256})
            crc32 = zlib.crc32(video_id.bytes + rest)
            asset = {"key": key, "owner": LOCAL_OWNER, "job": job_id, "size": size}
            await session.execute(ASSET, {**asset, "sha256": sha256, "crc32": crc32})
    return ids


def read_all(connection: socket.socket, began: float, already: int = 0) -> Transfer:
    """Read to the end, into one buffer."""
    buffer = bytearray(READ_BYTES)
    size, first = already, time.perf_counter() - began if already else 0.0
    while count := connection.recv_into(buffer):
        first = first or time.perf_counter() - began
        size += count
    return Transfer(first, time.perf_counter() - began, size)


def download(port: int, video_ids: list[UUID]) -> Transfer:
    """Take the ZIP home. Checks that it is as long as was said."""
    body = json.dumps({"video_ids": [str(each) for each in video_ids]}).encode()
    head = (
        f"POST /api/videos/download HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as connection:
        began = time.perf_counter()
        connection.sendall(head.encode() + body)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(65536)
        headers, _, rest = answer.partition(b"\r\n\r\n")
        if not headers.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(answer.decode())
        transfer = read_all(connection, began, len(rest))
    said = int(headers.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    if transfer.size != said:
        raise RuntimeError(f"{transfer.size} bytes came of {said}")
    return transfer


def cat(files: list[Path]) -> Transfer:
    """`cat` of the same files into a socket."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        sending = socket.create_connection(server.getsockname())
        connection, _ = server.accept()
        began = time.perf_counter()
        with connection, subprocess.Popen(["cat", *map(str, files)], stdout=sending.fileno()) as process:
            sending.close()
            transfer = read_all(connection, began)
        if process.returncode:
            raise RuntimeError("cat failed")
    return transfer


def reset_peak(pid: int) -> float:
    """Forget the most memory a process had; returns what it has now, MiB."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return peak_rss_mib(pid)


async def prepare(place: Home, videos: int, size: int) -> list[UUID]:
    async with open_runtime(place.settings) as run:
        return await fill(run, videos, size)


def measure(place: Home, videos: int, size: int) -> float:
    """Print the figures; returns by how much the server grew, MiB."""
    port = free_port()
    server = place.start("api", "--port", str(port))
    try:
        until_answers(f"http://127.0.0.1:{port}")
        ids = asyncio.run(prepare(place, videos, size))
        files = sorted(place.settings.storage_dir.rglob("*.mp4"))
        download(port, ids[:1])  # what the first request of all sets up is not what this measures
        before = reset_peak(server.pid)
        growth, ratios = 0.0, list[float]()
        for _ in range(ROUNDS):
            plain = cat(files)
            cpu = cpu_seconds(server.pid)
            zipped = download(port, ids)
            cpu = cpu_seconds(server.pid) - cpu
            growth = peak_rss_mib(server.pid) - before
            ratios.append(zipped.mb_per_second / plain.mb_per_second)
            print(
                f"zip {zipped.mb_per_second:6,.0f} MB/s, first byte {zipped.first_byte * 1000:4.0f} ms,"
                f" {cpu:.2f} s CPU | cat {plain.mb_per_second:6,.0f} MB/s | ratio {ratios[-1]:.2f}"
                f" | grew by {growth:.1f} MiB from {before:.0f}",
                flush=True,
            )
    finally:
        stop(server)
    return growth


def main() -> int:
    """Run it. Returns 1 when the memory goal was missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--videos", type=int, default=200)
    parser.add_argument("--mb", type=int, default=10, help="millions of bytes a video")
    given = parser.parse_args()
    print(f"{given.videos} videos, {given.videos * given.mb / 1000:.1f} GB")
    with home() as place:
        growth = measure(place, given.videos, given.mb * MB)
    held = growth < GOAL_MIB
    print(f"memory: {growth:.1f} MiB, goal below {GOAL_MIB:.0f}: {'held' if held else 'MISSED'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
