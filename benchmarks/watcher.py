"""`python -m benchmarks.watcher REDIS_URL`: prints `<seconds> <checkpoint>` whenever the checkpoint moved."""

import sys
from time import monotonic, sleep

from redis import Redis

from benchmarks.visible import DATABASE
from projections.layout import Layout

LOOK_EVERY = 0.0005


def main(url: str) -> None:
    """Look at the live checkpoint of partition 0 about 1,500 times a second until killed."""
    key, last = Layout(DATABASE).live.checkpoint(0), -1
    with Redis.from_url(url) as client:
        while True:
            checkpoint = position(client.get(key))
            if checkpoint > last:
                print(monotonic(), checkpoint, flush=True)
                last = checkpoint
            sleep(LOOK_EVERY)


def position(kept: object) -> int:
    """Read the position out of a checkpoint, `<log id> <position>`; 0 where there is none yet."""
    return int(kept.split()[-1]) if isinstance(kept, bytes) else 0


if __name__ == "__main__":
    main(sys.argv[1])
