#!/usr/bin/env python3
"""Sends the same requests to two servers, step by step, and compares status, type and body.

    python3 test/oracle/differential.py --left http://localhost:5194 --right http://localhost:5101
    python3 test/oracle/differential.py --left http://localhost:5194 --right http://localhost:5194

--left is HSDS, --right the server under test. The requests come from a generator that depends on
--seed only: scenarios on domains of their own, in each some right requests and their spoiled
variants. Differences that known-differences.json covers are counted apart. After a request that
changed one server only, the scenario ends, because the two domains are no longer alike.
"""

import argparse
import collections
import dataclasses
import json
import pathlib
import random
import re
import sys
import time
from typing import NamedTuple

import junk
import known
import scenario
from exchange import Server
from makers import AREAS
from normalise import compare, normalise

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / 'scripts'))
import hsds_home  # noqa: E402  (the path must be set first)

PER_SCENARIO = 30


class Found(NamedTuple):
    """What both servers answered, normalised: (status, type, body); and where the bodies differ."""

    request: object
    left: tuple
    right: tuple
    body: list

    @property
    def equal(self):
        """Whether the servers agree."""
        return self.left[:2] == self.right[:2] and not self.body

    @property
    def parted(self):
        """Whether the two domains may no longer be alike."""
        done = [200 <= answer[0] < 300 for answer in (self.left, self.right)]
        if self.request.method != 'GET' and done[0] != done[1]:
            return True
        # A refused append leaves the dataset longer in HSDS (part 3, 6.7).
        return self.request.label.startswith('values/append') and not done[0]


class Run:
    """One comparison of two servers."""

    def __init__(self, left, right, options):
        self.left, self.right = Server(left), Server(right)
        self.options = options
        self.known = known.Known()
        self.seen = set()
        self.setup_seen = set()
        self.counts = collections.Counter()
        self.areas = collections.Counter()
        self.differences = []
        self.slow = []

    def both(self, request, folders):
        """Sends a request to both servers, each in its own folder."""
        answers = []
        for server, folder in zip((self.left, self.right), folders):
            own = move(request, folder)
            began = time.monotonic()
            answers.append(normalise(server.send(own), server))
            if time.monotonic() - began > 5:
                self.slow.append((time.monotonic() - began, server.endpoint, str(request)))
        one, other = (strip(answer, folder) for answer, folder in zip(answers, folders))
        return Found(request, one, other, compare(one[2], other[2]))

    def scenario(self, number, folders, area):
        """Runs one scenario; returns when it is through or the servers have parted."""
        rng = random.Random(f'{self.options.seed}/{number}')
        model = scenario.Model('<folder>', f's{number}')
        extra = scenario.listing(model) if area == 'domains' else []
        for request in scenario.setup(rng, model) + extra:
            found = self.both(request, folders)
            if request.signature() not in self.setup_seen and not found.equal:
                self.setup_seen.add(request.signature())
                self.judge(found)
            if found.parted:
                self.counts['scenarios cut short'] += 1
                return
        for _ in range(PER_SCENARIO):
            if len(self.seen) >= self.options.count:
                return
            request = rng.choice(AREAS[area].MAKERS)(rng, model)
            if rng.randrange(5) < 2:
                request = junk.spoil(rng, request)
            if request.signature() in self.seen:
                continue
            self.seen.add(request.signature())
            self.areas[request.label.split('/')[0]] += 1
            found = self.both(request, folders)
            if found.equal:
                self.counts['passed'] += 1
            else:
                self.judge(found)
            if found.parted:
                self.counts['scenarios cut short'] += 1
                return

    def judge(self, found):
        """Counts a difference as known or failed."""
        entry = self.known.explain(found.request, found)
        self.counts['known' if entry else 'failed'] += 1
        if not entry:
            self.differences.append(found)

    def run(self):
        """Runs scenarios until enough distinct requests were sent."""
        stamp = f'{time.time_ns() // 1000:x}'
        folders = [f'/home/test_user1/differential-{stamp}-{side}' for side in ('left', 'right')]
        for server, folder in zip((self.left, self.right), folders):
            hsds_home.ensure_home(server.endpoint)
            hsds_home.ensure_folder(server.endpoint, folder, 'test_user1')
        for request in scenario.foreign('<folder>'):
            self.both(request, folders)
        names = [
            'domains',
            'objects',
            'links',
            'attributes',
            'values',
            'queries',
            'values',
            'values',
        ]
        number = 0
        while len(self.seen) < self.options.count and number < self.options.count:
            self.scenario(number, folders, names[number % len(names)])
            number += 1
        self.counts['scenarios'] = number


def move(request, folder):
    """A request with the place holders of its folder replaced by a server's own folder."""
    texts = {'<folder>': folder, '<FOLDER>': folder.upper(), '<bare folder>': folder[1:]}

    def deep(value):
        if isinstance(value, str):
            return re.sub('|'.join(texts), lambda match: texts[match[0]], value)
        if isinstance(value, (list, tuple)):
            return type(value)(map(deep, value))
        if isinstance(value, dict):
            return {key: deep(item) for key, item in value.items()}
        return value

    return dataclasses.replace(
        request,
        path=deep(request.path),
        params=deep(request.params),
        body=deep(request.body),
        domain=deep(request.domain),
    )


def strip(answer, folder):
    """An answer without the server's own folder's name."""
    text = json.dumps(answer[2])
    return (*answer[:2], json.loads(text.replace(folder, '<folder>')))


def kind(found):
    """What differences that probably have one cause have in common."""
    area = '/'.join(found.request.label.split('/')[:2])
    paths = sorted({re.sub(r'«[^»]*»|[0-9]+', '*', path) for path, _, _ in found.body})
    return (
        area,
        found.left[:2],
        found.right[:2],
        tuple(paths) if found.left[0] == found.right[0] else (),
    )


def show_differences(differences, limit):
    """Prints the unexplained differences by kind: how often, and one example in full."""
    kinds = collections.defaultdict(list)
    for found in differences:
        kinds[kind(found)].append(found)
    ordered = sorted(kinds.values(), key=len, reverse=True)
    for same_kind in ordered[:limit]:
        found = same_kind[0]
        print(f'--- {len(same_kind)} times {found.request.label}: {found.request}')
        if found.left[:2] != found.right[:2]:
            print(f'    left  {found.left[0]} {found.left[1]}')
            print(f'    right {found.right[0]} {found.right[1]}')
        for path, one, other in found.body[:6] if found.left[0] == found.right[0] else []:
            print(f'    {path}: {str(one)[:160]!r} -> {str(other)[:160]!r}')
        for other in same_kind[1:4]:
            print(f'    also {other.request}')
    if len(ordered) > limit:
        print(f'... {len(ordered) - limit} kinds more')


def show(run, limit):
    """Prints the unexplained differences, then the totals."""
    show_differences(run.differences, limit)
    for entry, met in zip(run.known.entries, run.known.met):
        if met:
            print(f'known {met:4} times: {entry["reason"]} ({entry["reference"]})')
    for seconds, endpoint, text in sorted(run.slow, reverse=True)[:5]:
        print(f'slow {seconds:.1f} s at {endpoint}: {text[:150]}')
    areas = ', '.join(f'{area} {count}' for area, count in sorted(run.areas.items()))
    print(
        f'{len(run.seen)} distinct requests ({areas}) in {run.counts["scenarios"]} scenarios, '
        f'{run.counts["scenarios cut short"]} cut short; {run.counts["known"]} known differences'
    )
    print(f'{run.counts["passed"] + run.counts["known"]} passed, {run.counts["failed"]} failed')


def main():
    """Command line, see the top of this file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--left', default='http://localhost:5194', help='HSDS')
    parser.add_argument('--right', default='http://localhost:5101', help='the server under test')
    parser.add_argument('--seed', default='1')
    parser.add_argument('--count', type=int, default=1200, help='distinct requests')
    parser.add_argument('--show', type=int, default=40, help='print at most so many kinds')
    options = parser.parse_args()
    run = Run(options.left, options.right, options)
    run.run()
    show(run, options.show)
    return 1 if run.counts['failed'] else 0


if __name__ == '__main__':
    sys.exit(main())
