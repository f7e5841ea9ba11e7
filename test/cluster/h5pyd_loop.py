"""A program that uses the service through h5pyd, with retries off, until its input ends.

Writes elements and attributes, reads each back at once, and prints a line for every round:
``ok``, ``wrong <what>`` for an answer that is not what was written, ``failed <error>``.
"""

import sys
import threading
import time

import h5pyd

ELEMENTS = 64
PAUSE_S = 0.1

endpoint = sys.argv[1]
stop = threading.Event()


def wait_for_end():
    sys.stdin.read()
    stop.set()


def open_file(mode):
    account = {"username": "admin", "password": "admin"}
    return h5pyd.File(
        "/h5pyd_trial.h5", mode, endpoint=endpoint, bucket="hsds", retries=0, timeout=60, **account
    )


def act(file, number):
    """One round; the text of its outcome."""
    dataset = file["x"]
    index = number % ELEMENTS
    dataset[index] = number
    seen = int(dataset[index])
    if seen != number:
        return f"wrong: element {index} is {seen}, written {number}"
    file.attrs["number"] = number
    seen = int(file.attrs["number"])
    if seen != number:
        return f"wrong: the attribute is {seen}, written {number}"
    return "ok"


threading.Thread(target=wait_for_end, daemon=True).start()
file = open_file("w")
file.create_dataset("x", (ELEMENTS,), dtype="i8", chunks=(8,))
file.flush()
number = 0
while not stop.is_set():
    number += 1
    begun = time.monotonic()
    try:
        outcome = act(file, number)
    except Exception as error:  # whatever a user of the client would see
        took = time.monotonic() - begun
        outcome = f"failed after {took:.1f} s: {type(error).__name__} {error}".replace("\n", " ")
    print(outcome, flush=True)
    time.sleep(PAUSE_S)
