"""Reads the chunks that `emit-frames.js` wrote with HSDS's own decoder and compares them.

    python check_frames.py <folder>

Needs hsds (with numcodecs and bitshuffle). Ends with "N passed, N failed"; exit code 1 on failures.
"""

import json
import sys
from pathlib import Path

import numpy as np
from hsds import hsds_logger
from hsds.util import storUtil

COMPRESSOR_NAMES = {"H5Z_FILTER_DEFLATE": "zlib"}


def decode(stored, filters, item_size, plain_size):
    compressor = None
    shuffle = 0
    for entry in filters:
        if entry["name"] == "shuffle":
            shuffle = 1
        elif entry["name"] == "bitshuffle":
            shuffle = 2
        else:
            compressor = COMPRESSOR_NAMES.get(entry["class"], entry["name"])
    dtype = np.dtype(f"V{item_size}")
    shape = (plain_size // item_size,)
    data = stored
    if compressor or shuffle:
        data = storUtil._uncompress(
            data, compressor=compressor, shuffle=shuffle, dtype=dtype, chunk_shape=shape)
    return bytes(data)


def main(folder):
    hsds_logger.setLogConfig("ERROR")
    failed = 0
    entries = json.loads((folder / "frames.json").read_text())
    for entry in entries:
        plain = (folder / f"{entry['file']}.plain").read_bytes()
        stored = (folder / f"{entry['file']}.stored").read_bytes()
        try:
            same = decode(stored, entry["filters"], entry["itemSize"], len(plain)) == plain
            problem = "other bytes"
        except Exception as error:  # what HSDS raises is part of the finding
            same, problem = False, repr(error)
        if not same:
            failed += 1
            names = [f"{f['name']} {f.get('level', '')}" for f in entry["filters"]]
            print(f"{entry['name']}, items of {entry['itemSize']}, {names}: {problem}")
    print(f"{len(entries) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
