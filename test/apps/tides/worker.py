"""Counts tides until it is told to stop."""
import argparse
import itertools
import os
import signal
import time

parser = argparse.ArgumentParser()
parser.add_argument("--every", type=float, default=2)
every = parser.parse_args().every


def stop(*_):
    print("worker stops", flush=True)
    raise SystemExit(0)


signal.signal(signal.SIGTERM, stop)
for n in itertools.count(1):
    print(os.environ["BERTH_PROCESS"], "has seen tide", n, flush=True)
    time.sleep(every)
