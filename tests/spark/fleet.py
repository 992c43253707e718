#!/usr/bin/env python3
# `rungs fleet -` as Spark runs it, on a cluster of two executor processes: the lines of a file through
# RDD.pipe, one executor killed on the way, and the output compared with that of one process.
# `scripts/test-fleet` calls it: fleet.py RUNGS LINES FOLDER.

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from pyspark import AccumulatorParam, SparkConf, SparkContext

RUNGS, LINES, WORK = (Path(name).resolve() for name in sys.argv[1:4])
DAY = "2026-08-19"  # The same day everywhere, whenever a part is run again.
PARTS = 32
PATIENCE = 600  # seconds


class Names(AccumulatorParam):
    """The union of sets."""

    def zero(self, _):
        return set()

    def addInPlace(self, one, other):
        return one | other


def executors(driver):
    """The executor processes that this driver has started."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rsplit(")", 1)[1].split()[1])
            command = (status.parent / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue  # It has ended.
        if parent == driver and b"CoarseGrainedExecutorBackend" in command:
            found.add(int(status.parent.name))
    return found


def wait_for(what, condition, thread=None):
    end = time.monotonic() + PATIENCE
    while not condition():
        if thread and not thread.is_alive():
            sys.exit(f"FAILED: the job ended before {what}")
        if time.monotonic() > end:
            sys.exit(f"FAILED: after {PATIENCE} s still not {what}")
        time.sleep(0.05)


def alone(command):
    start = time.monotonic()
    with open(LINES, "rb") as lines:
        run = subprocess.run(command, stdin=lines, capture_output=True, check=True)
    print(f"one process: {time.monotonic() - start:.1f} s", flush=True)
    return sorted(run.stdout.decode().split("\n")[:-1])


def on_spark(command):
    conf = (
        SparkConf()
        .setMaster("local-cluster[2,1,1024]")
        .setAppName("rungs fleet")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.driver.bindAddress", "127.0.0.1")
        .set("spark.ui.showConsoleProgress", "false")
    )
    start = time.monotonic()
    sc = SparkContext(conf=conf)
    sc.setLogLevel("OFF")  # The killed executor is no news.
    try:
        driver = sc._gateway.proc.pid
        wait_for("two executors", lambda: len(executors(driver)) == 2)
        print(f"Spark {sc.version}: two executors after {time.monotonic() - start:.1f} s", flush=True)

        workers = sc.accumulator(set(), Names())

        def counted(lines):
            # The parent of a Python worker is the one daemon of its executor.
            workers.add({os.getppid()})
            return lines

        out = WORK / "out"
        # One executor has one core here; so has one process.
        answers = (
            sc.textFile(f"file://{LINES}", PARTS)
            .mapPartitions(counted)
            .pipe(shlex.join(map(str, command)), env={"RAYON_NUM_THREADS": "1"}, checkCode=True)
        )
        failed = []

        def job():
            try:
                answers.saveAsTextFile(f"file://{out}")
            except Exception as error:  # What went wrong ends the test, not the thread alone.
                failed.append(error)

        start = time.monotonic()
        thread = threading.Thread(target=job)
        thread.start()
        tracker = sc.statusTracker()

        def stage():
            stages = [tracker.getStageInfo(number) for number in tracker.getActiveStageIds()]
            return next((it for it in stages if it), None)

        def midway():
            now = stage()
            return now and now.numCompletedTasks >= PARTS // 8 and now.numActiveTasks == 2

        wait_for("midway with both executors at work", midway, thread)
        now = stage()
        before = executors(driver)
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        print(
            f"killed one of two executors after {time.monotonic() - start:.1f} s, "
            f"with {now.numCompletedTasks} of {now.numTasks} parts done",
            flush=True,
        )
        lost = threading.Event()

        def replaced():
            new = executors(driver) - before
            failures = stage()
            if failures and failures.numFailedTasks:
                lost.set()
            return new and (lost.is_set() or not thread.is_alive())

        wait_for("another executor in its place", replaced)
        thread.join()
        if failed:
            sys.exit(f"FAILED: {failed[0]}")
        print(f"Spark: {time.monotonic() - start:.1f} s, {len(workers.value)} executors at work", flush=True)
        if not lost.is_set():
            sys.exit("FAILED: no part was lost with the executor, so none was run again")
        if len(workers.value) < 2:
            sys.exit("FAILED: one executor did all parts")
    finally:
        sc.stop()
    parts = sorted(out.glob("part-*"))
    if not (out / "_SUCCESS").exists() or len(parts) < PARTS:
        sys.exit(f"FAILED: {len(parts)} parts of output")
    return sorted(line for part in parts for line in part.read_bytes().decode().split("\n")[:-1])


def main():
    command = [RUNGS, "fleet", "-", "--as-of", DAY]
    wanted = alone(command)
    with open(LINES, "rb") as lines:
        count = sum(1 for _ in lines)
    if len(wanted) != count:
        sys.exit(f"FAILED: {count} lines in, {len(wanted)} lines out of one process")
    found = on_spark(command)
    for one, other in zip(wanted, found):
        if one != other:
            sys.exit(f"FAILED: one process says\n{one}\nand Spark\n{other}")
    if len(wanted) != len(found):
        sys.exit(f"FAILED: {len(wanted)} lines out of one process, {len(found)} out of Spark")
    errors = sum('"error":' in line for line in found)
    print(f"the same {count} lines, {errors} of them errors")


main()
