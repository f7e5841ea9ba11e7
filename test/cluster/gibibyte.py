"""Writes a dataset through h5pyd, reads it back and compares, slab by slab.

gibibyte.py ENDPOINT BYTES BODY_BYTES_MAX: no request may be longer than a proxy would let through.
"""

import sys
import time

import h5pyd
import numpy as np
import requests

endpoint, total, body_max = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
LOGIN = {"endpoint": endpoint, "username": "admin", "password": "admin", "retries": 0}
ROW_ELEMENTS = 1 << 20
ROWS = total // (8 * ROW_ELEMENTS)
SLAB_ROWS = 8
longest = 0
send = requests.Session.send


def watched(session, prepared, **options):
    """Notes the length of what is sent."""
    global longest
    longest = max(longest, len(prepared.body or b""))
    return send(session, prepared, **options)


requests.Session.send = watched


def slab(first):
    """Values that only this place has, and that do not compress."""
    return np.random.default_rng(first).random((SLAB_ROWS, ROW_ELEMENTS))


def megabytes(begun):
    return f"{total / (time.monotonic() - begun) / 1e6:.0f} MB/s"


for folder in ("/home/", "/home/manifests/"):
    try:
        h5pyd.Folder(folder, mode="x", **LOGIN)
    except IOError as error:
        print(f"{folder}: {error}")
with h5pyd.File("/home/manifests/gibibyte.h5", "w", **LOGIN) as f:
    f.create_dataset("x", shape=(ROWS, ROW_ELEMENTS), dtype="f8", chunks=(1, ROW_ELEMENTS // 2))
    begun = time.monotonic()
    for row in range(0, ROWS, SLAB_ROWS):
        f["x"][row : row + SLAB_ROWS, :] = slab(row)
    f.flush()
    print(f"wrote {total} bytes, {megabytes(begun)}, with the making of the values")
with h5pyd.File("/home/manifests/gibibyte.h5", "r", **LOGIN) as f:
    begun = time.monotonic()
    wrong = [
        row
        for row in range(0, ROWS, SLAB_ROWS)
        if not np.array_equal(f["x"][row : row + SLAB_ROWS, :], slab(row))
    ]
    print(f"read {total} bytes, {megabytes(begun)}, with the comparison")
print(f"longest request body: {longest} bytes, bound {body_max}")
sys.exit(1 if wrong or longest > body_max or longest == 0 else 0)
