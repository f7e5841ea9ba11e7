"""Runs HSDS from PyPI, or this server, on a folder for the length of a `with` block."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUCKET = 'hsdstest'
OURS = 'hsds-ts'
MAIN = ROOT / 'dist' / 'apps' / 'embedded' / 'src' / 'main.js'
START_S = 60
STOP_S = 30
# Small chunks make small data span many; small folders make partitions.
SETTINGS = {'min_chunk_size': 256, 'max_chunk_size': 2048, 'max_chunks_per_folder': 16}
# What a data node of HSDS fails on it fails on again: seven tries a chunk, its default, take minutes.
HSDS_TRIES = 2

sys.path.insert(0, str(ROOT / 'scripts'))


@contextlib.contextmanager
def running(server, folder, main=MAIN):
    """Yields the endpoint of `server` ('hsds-ts' or an HSDS version) with storage in `folder`."""
    (folder / BUCKET).mkdir(parents=True, exist_ok=True)
    service = _ours(folder, main) if server == OURS else _hsds(folder, server)
    with service as endpoint:
        yield endpoint


def free_port():
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def _hsds(folder, version):
    port = free_port()
    oracle = [sys.executable, str(ROOT / 'scripts' / 'hsds_oracle.py')]
    settings = SETTINGS | {'root_dir': folder, 'bucket_name': BUCKET, 'dn_max_retries': HSDS_TRIES}
    start = ['start', '--version', version, '--port', str(port), '--node-port', str(free_port())]
    for key, value in settings.items():
        start += ['--set', f'{key}={value}']
    try:
        subprocess.run(oracle + start, check=True, stdout=subprocess.DEVNULL)
        yield f'http://localhost:{port}'
    finally:
        subprocess.run([*oracle, 'stop', '--port', str(port)], check=True)


@contextlib.contextmanager
def _ours(folder, main):
    port = free_port()
    settings = SETTINGS | {'root_dir': folder, 'bucket_name': BUCKET, 'port': port}
    command = ['node', str(main), *(f'--{key}={value}' for key, value in settings.items())]
    endpoint = f'http://localhost:{port}'
    log_path = folder / 'hsds-ts.log'
    with open(log_path, 'ab') as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                   env=os.environ | {'NODE_NO_WARNINGS': '1'})
    try:
        _wait(endpoint, process, log_path)
        import hsds_home
        hsds_home.ensure_home(endpoint)
        yield endpoint
    finally:
        process.send_signal(signal.SIGTERM)
        status = process.wait(STOP_S)
    if status != 0:
        raise RuntimeError(f'{OURS} ended with status {status}: {_tail(log_path)}')


def _wait(endpoint, process, log_path):
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f'{OURS} ended at its start: {_tail(log_path)}')
        with contextlib.suppress(OSError, urllib.error.URLError):
            with urllib.request.urlopen(f'{endpoint}/about', timeout=5) as reply:
                if reply.status == 200:
                    return
        time.sleep(0.1)
    raise RuntimeError(f'{OURS} does not answer: {_tail(log_path)}')


def _tail(path):
    return path.read_text(errors='replace')[-2000:]
