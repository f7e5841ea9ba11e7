#!/usr/bin/env python3
"""Storage keys and documents of one small domain, byte for byte.

    golden.py --make [--hsds 0.9.4]   golden/documents.json from what HSDS writes (on disk)
    golden.py [--main <main.js>]      compares what this server writes on disk; N passed, N failed

One thing differs on purpose: the layout in the creation properties names the partitions too. HSDS
0.9 reads them at the top level only, HSDS 1.0 here only.

The domain is what the requests of golden/recipe.json make. Ids and times, which differ from run to
run, are replaced by names; the S3 test (s3/main.ts) compares a bucket with the same file.
"""

import argparse
import json
import pathlib
import re
import shutil
import sys
import tempfile

from rest import Rest
from services import BUCKET, MAIN, OURS, running

GOLDEN = pathlib.Path(__file__).resolve().parent / 'golden'
DOMAIN = '/home/test_user1/golden.h5'
TIMES = re.compile(r'("(?:created|lastModified)": )\d+(\.\d+)?')


def run_recipe(rest):
    """Sends the requests; ids by the names that the recipe gives them."""
    names = {}
    for step in json.loads((GOLDEN / 'recipe.json').read_text()):
        text = json.dumps(step)
        for name, identifier in names.items():
            text = text.replace(f'${{{name}}}', identifier)
        step = json.loads(text)
        reply = rest.call(step['method'], step['path'], step.get('body'))
        if 'save' in step:
            names[step['save']] = reply.get('root' if step['path'] == '/' else 'id')
    return names


def told(files, names):
    """Documents as text and chunks as hex, by key, with names for ids and times."""
    tree = {}
    for key, content in files.items():
        text = content.decode() if key.endswith('.json') else content.hex()
        for name, identifier in names.items():
            text = text.replace(identifier, f'<{name}>')
            domain, own = identifier[2:19], identifier[20:]
            key = key.replace(f'/{own}/', f'/<{name}>/').replace(f'db/{domain}/', 'db/<domain>/')
        tree[key] = TIMES.sub(r'\1<time>', text)
    return dict(sorted(tree.items()))


def partitioned_for_both(text):
    """A document of HSDS 0.9 as this server stores it, see the top of this file."""
    used = re.search(r'"layout": (\{[^{}]*"partition_count": \d+\})\}$', text)
    return text if used is None else re.sub(
        r'("creationProperties": \{.*?"layout": )\{[^{}]*\}', rf'\g<1>{used[1]}', text, count=1)


def files_of(folder, names):
    """The domain's files on disk, by key; without the scan's."""
    bucket = folder / BUCKET
    roots = [DOMAIN[1:], f'db/{names["root"][2:19]}']
    return {str(path.relative_to(bucket)): path.read_bytes()
            for root in roots for path in (bucket / root).rglob('*')
            if path.is_file() and path.name not in ('.info.json', '.summary.json')}


def write(server, main):
    """What a server writes for the recipe."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix='hsds-golden-'))
    try:
        with running(server, folder, main) as endpoint:
            names = run_recipe(Rest(endpoint, DOMAIN))
        return told(files_of(folder, names), names)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def compare(found, expected):
    """Prints the differences; the exit status."""
    failed = 0
    for key in sorted({*found, *expected}):
        if found.get(key) != expected.get(key):
            failed += 1
            print(f'FAILED {key}\n  found    {found.get(key)}\n  expected {expected.get(key)}')
    print(f'{len({*found, *expected}) - failed} passed, {failed} failed')
    return 1 if failed else 0


def main():
    """Command line, see the top of this file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--make', action='store_true')
    parser.add_argument('--hsds', default='0.9.4', help='version of HSDS')
    parser.add_argument('--main', type=pathlib.Path, default=MAIN, help='this server, built')
    args = parser.parse_args()
    golden = GOLDEN / 'documents.json'
    if args.make:
        tree = {key: partitioned_for_both(text)
                for key, text in write(args.hsds, args.main).items()}
        golden.write_text(json.dumps(tree, indent=2, ensure_ascii=False) + '\n')
        return 0
    return compare(write(OURS, args.main), json.loads(golden.read_text()))


if __name__ == '__main__':
    sys.exit(main())
