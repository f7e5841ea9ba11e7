#!/usr/bin/env python3
"""Loads every sample file with hsload, fetches it with hsget and compares, with a real client.

    .venv-h5pyd1/bin/python test/clients/roundtrip.py --endpoint http://localhost:5101 [file ...]

A file passes if it comes back equal (README.md says what that means), or if it differs exactly as
expected.json says that this client version, or HSDS itself, cannot help. Prints a table and `N passed, N failed`.
"""

import argparse
import concurrent.futures
import fnmatch
import json
import pathlib
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

import h5walk
import service as services

EXPECTED = pathlib.Path(__file__).with_name('expected.json')
TIMEOUT_S = 300


class Result(NamedTuple):
    """What became of one file."""

    name: str
    outcome: str  # equal, limited (as expected), stale (equal, though listed otherwise), failed
    seconds: float
    content: list  # differences that count
    storage: int  # how many differences in storage aspects, which do not count
    note: str


class Comparison(NamedTuple):
    """What a round trip showed, before it is judged."""

    failure: str  # '' or 'hsload: ...', 'hsget: ...' with the end of the tool's output
    content: list
    storage: int
    h5diff: str  # '' or what h5diff says


def run(command, environment):
    """Runs a tool; returns '' or, if it failed, its name and the last line it printed."""
    name = pathlib.Path(command[0]).name
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True,
                              timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return f'{name}: no end after {TIMEOUT_S} s'
    if done.returncode == 0:
        return ''
    lines = (done.stdout + done.stderr).strip().splitlines() or ['no output']
    return f'{name}: {lines[-1].strip()}'


def round_trip(path, folder, tools, environment):
    """Loads, fetches and compares one file."""
    domain = f'{folder}/{path.name}'
    with tempfile.TemporaryDirectory() as scratch:
        fetched = pathlib.Path(scratch) / path.name
        for tool, *arguments in (('hsload', str(path), domain), ('hsget', domain, str(fetched))):
            failure = run([str(tools / tool), *arguments], environment)
            if failure:
                return Comparison(failure, [], 0, '')
        found = h5walk.differences(path, fetched)
        content = [d for d in found if d.aspect not in h5walk.STORAGE_ASPECTS]
        return Comparison('', content, len(found) - len(content), h5diff(path, fetched))


def h5diff(original, fetched):
    """'' if h5diff finds the files equal, else its last line."""
    done = subprocess.run(['h5diff', str(original), str(fetched)], capture_output=True, text=True)
    if done.returncode == 0:
        return ''
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return lines[-1] if lines else f'exit status {done.returncode}'


def explains(entry, seen, kind):
    """Whether an entry of expected.json covers everything that was seen."""
    if entry['limit'] == 'server' and kind != 'hsds':
        return False
    if seen.failure:
        return bool(entry.get('fails')) and entry['fails'] in seen.failure
    patterns = entry.get('differences', [])
    covered = all(any(fnmatch.fnmatchcase(f'{d.where} {d.aspect}', p) for p in patterns)
                  for d in seen.content)
    return covered and (not seen.h5diff or entry.get('h5diff', False))


def judge(name, seen, entries, kind, seconds):
    """Turns what was seen into a result."""
    if not (seen.failure or seen.content or seen.h5diff):
        stale = any(entry['limit'] == 'client' or kind == 'hsds' for entry in entries)
        note = 'listed in expected.json, but equal' if stale else ''
        return Result(name, 'stale' if stale else 'equal', seconds, [], seen.storage, note)
    for entry in entries:
        if explains(entry, seen, kind):
            note = f'{entry["limit"]}: {entry["reason"]}'
            return Result(name, 'limited', seconds, seen.content, seen.storage, note)
    note = seen.failure or '; '.join(filter(None, [
        f'{len(seen.content)} differences' if seen.content else '',
        f'h5diff: {seen.h5diff}' if seen.h5diff else '']))
    return Result(name, 'failed', seconds, seen.content, seen.storage, note)


def check(path, folder, service, tools, entries):
    """The whole test of one file."""
    began = time.monotonic()
    seen = round_trip(path, folder, tools, service.client_environment())
    return judge(f'{path.parent.name}/{path.name}', seen, entries, service.kind,
                 time.monotonic() - began)


def show(results):
    """Prints the table, the differences of failed files and the totals."""
    for result in results:
        print(f'{result.outcome:8} {result.seconds:6.1f} s  {result.name:40} '
              f'{result.storage:5} storage  {result.note}')
        for difference in result.content[:5] if result.outcome == 'failed' else []:
            print(f'             {difference}')
    for folder in sorted({r.name.split('/')[0] for r in results}):
        own = [r.outcome for r in results if r.name.startswith(folder + '/')]
        print(f'{folder}: {own.count("equal") + own.count("stale")} of {len(own)} equal, '
              f'{own.count("limited")} as far as the client can')
    passed = sum(r.outcome in ('equal', 'limited') for r in results)
    print(f'{passed} passed, {len(results) - passed} failed')
    return passed == len(results)


def write_json(results, target):
    """Writes the results for other programs."""
    records = [r._asdict() | {'content': [str(d) for d in r.content]} for r in results]
    pathlib.Path(target).write_text(json.dumps(records, indent=1) + '\n')


def main():
    """Command line, see the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    services.add_options(parser)
    parser.add_argument('--client-python', default=sys.executable,
                        help='the Python beside which hsload and hsget of the client are')
    parser.add_argument('--json', help='write the results to this file')
    parser.add_argument('--jobs', type=int, default=2, help='files at a time')
    parser.add_argument('files', nargs='*', help='only sample files with these names')
    args = parser.parse_args()
    if not services.SAMPLES.is_dir():
        print(f'SKIPPED: no sample files, {services.SAMPLES} is missing')
        return 0
    version = subprocess.run(
        [args.client_python, '-c', 'import h5pyd; print(h5pyd.__version__)'],
        capture_output=True, text=True, check=True).stdout.strip()
    expected = json.loads(EXPECTED.read_text()).get(f'h5pyd {version}', {})
    tools = pathlib.Path(args.client_python).parent
    service = services.from_options(args)
    # A folder a client: several clients may run side by side.
    client = pathlib.Path(args.client_python).parent.parent.name.strip('.')
    folder = services.ensure_folder(service, f'roundtrip-{client}')
    paths = sorted(path for kind in ('climate', 'zoo') for path in
                   (services.SAMPLES / kind).iterdir() if not args.files or path.name in args.files)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        results = list(pool.map(
            lambda path: check(path, folder, service, tools, expected.get(path.name, [])), paths))
    print(f'h5pyd {version}, {service.endpoint}')
    if args.json:
        write_json(results, args.json)
    return 0 if show(results) else 1


if __name__ == '__main__':
    sys.exit(main())
