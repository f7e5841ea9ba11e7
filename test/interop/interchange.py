#!/usr/bin/env python3
"""Storage interchange with HSDS on disk: what one server wrote, the other must read.

    .venv-h5pyd024/bin/python test/interop/interchange.py --hsds 0.9.4
    .venv-h5pyd1/bin/python   test/interop/interchange.py --hsds 1.0.2

HSDS from PyPI fills a folder and is stopped, this server reads the folder, and then the other way
round; what is written is in cases.py, contents.py, references.py and client_file.py. Ends with
`N passed, N failed`. Known faults of HSDS are listed and count neither way (known.py).
"""

import argparse
import json
import pathlib
import re
import shutil
import sys
import tempfile
import traceback
from concurrent.futures import ThreadPoolExecutor

import client_file
import contents
import known
from cases import all_cases
from references import write_references
from rest import Rest
from services import MAIN, OURS, running
from snapshot import differences, domain_tree, facts, folder_tree

HOME = '/home/test_user1/interop'
THREADS = 4


class Report:
    """Counts checks and prints what failed."""

    def __init__(self):
        self.passed = self.failed = 0
        self.known = {}

    def check(self, name, problems, excuse=None):
        """One check: passed without problems; with an excuse problems are only listed."""
        if not problems:
            self.passed += 1
        elif excuse is not None:
            self.known.setdefault(excuse, []).append(name)
        else:
            self.failed += 1
            print(f'FAILED {name}')
            for problem in problems[:8]:
                print(f'    {problem}')

    @staticmethod
    def excuse(what):
        """A known fault for a check whose name begins with `writer -> reader: `, or None."""
        writer, reader = what.split(':')[0].split(' -> ')
        return known.read_otherwise(what, writer, reader)

    def finish(self):
        """Prints the totals; the exit status."""
        for excuse, names in self.known.items():
            print(f'known: {excuse}: {len(names)} cases, such as {names[0]}')
        print(f'{self.passed} passed, {self.failed} failed')
        return 1 if self.failed or not self.passed else 0


def write_datasets(rest, writer, cases, report):
    """Creates and fills the datasets of a new domain; (name, id) of those that were."""
    root = rest.new_domain()

    def write(one):
        try:
            identifier = rest.new('datasets', one.body, one.name, root)
            written = one.rows * (one.count // one.dims[0]) if one.dims else one.count
            if written:
                select = {'select': f'[{",".join([f"0:{one.rows}"] + [":"] * (len(one.dims) - 1))}]'}
                data = b''.join(one.kind.elements(written, root))
                rest.put(f'/datasets/{identifier}/value', data=data, **(select if one.dims else {}))
            return one.name, identifier, None
        except Exception as error:  # what a server refuses is part of the finding
            return one.name, None, str(error)

    with ThreadPoolExecutor(THREADS) as pool:
        results = list(pool.map(write, cases.values()))
    for name, _, error in results:
        if error is not None:
            report.check(f'write {name}', [error], known.refused(cases[name], writer))
    return root, {name: identifier for name, identifier, error in results if error is None}


def told(rest, one, identifier):
    """Facts and JSON value of a dataset, as one server tells them."""
    tree = facts(rest.get(f'/datasets/{identifier}'))
    if one.kind.text:
        # As text: NaN equals NaN.
        tree['json'] = json.dumps(rest.get(f'/datasets/{identifier}/value')['value'])
    return tree


def tell_all(rest, cases, datasets):
    """What a server tells of every dataset, by name; errors as texts."""
    def tell(item):
        try:
            return item[0], told(rest, cases[item[0]], item[1])
        except Exception as error:
            return item[0], str(error)

    with ThreadPoolExecutor(THREADS) as pool:
        return dict(pool.map(tell, datasets.items()))


def compare_datasets(rest, written, reader, report):
    """Bytes against what was written, facts and JSON against what the writer told."""
    writer, cases = written['writer'], written['cases']
    now = tell_all(rest, cases, written['datasets'])

    def problems(name):
        one, identifier = cases[name], written['datasets'][name]
        found = differences(written['told'][name], now[name])
        try:
            data = rest.bytes(f'/datasets/{identifier}/value')
            expected = one.expected(written['root'])
            if data != expected:
                found.append(f'bytes {data.hex()[:80]} ({len(data)}), expected '
                             f'{expected.hex()[:80]} ({len(expected)})')
        except Exception as error:
            found.append(str(error))
        return name, found

    with ThreadPoolExecutor(THREADS) as pool:
        for name, found in pool.map(problems, written['datasets']):
            report.check(f'{writer} -> {reader}: {name}', found,
                         known.differs(cases[name], writer, reader))


def write_all(rest, writer, args, report):
    """Everything, by one server; what to compare with."""
    rest.of(HOME).put('/', {'folder': True})
    values = rest.of(f'{HOME}/values.h5')
    apart = known.kinds_apart(args.hsds)
    cases = {name: one for name, one in all_cases().items() if re.search(args.only, name)}
    for kind, reason in apart.items():
        left_out = [name for name, one in cases.items() if one.kind.name == kind][1:]
        report.known.setdefault(reason, []).extend(left_out)
        cases = {name: one for name, one in cases.items() if name not in left_out}
    for name, one in cases.items():
        reason = known.told_otherwise(one, args.hsds)
        if reason is not None:
            report.known.setdefault(reason, []).append(name)
            cases[name] = one._replace(kind=one.kind._replace(text=False))
    root, datasets = write_datasets(values, writer, cases, report)
    domains = contents.write_contents(rest, f'{HOME}/contents', apart)
    files = rest.of(f'{HOME}/files.h5')
    expected = write_references(files, files.new_domain(), args.folder)
    account = {'endpoint': rest.endpoint, 'username': 'test_user1', 'password': 'test'}
    client_file.write(f'{HOME}/client.h5', **account)
    written = {
        'writer': writer, 'cases': cases, 'root': root, 'datasets': datasets,
        'told': tell_all(values, cases, datasets), 'references': expected,
        'trees': {domain: domain_tree(rest.of(domain)) for domain in domains},
        'strangers': contents.answers_to_strangers(rest, domains),
        'folders': folder_tree(rest, HOME),
        'client': client_file.read(f'{HOME}/client.h5', **account)}
    for domain in [values.domain, files.domain, f'{HOME}/client.h5', *domains]:
        rest.of(domain).flush()
    return written


def read_all(rest, reader, written, report):
    """Everything, by the other server, compared."""
    course = f'{written["writer"]} -> {reader}'
    compare_datasets(rest.of(f'{HOME}/values.h5'), written, reader, report)
    for domain, tree in written['trees'].items():
        found = domain_tree(rest.of(domain))
        facts_before = {key: value for key, value in tree.items() if key != 'objects'}
        facts_now = {key: value for key, value in found.items() if key != 'objects'}
        report.check(f'{course}: {domain}', differences(facts_before, facts_now))
        for identifier in sorted({*tree['objects'], *found['objects']}):
            compare_objects(tree, found, identifier, (f'{course}: {domain}', report))
    for name in ('strangers', 'folders'):
        now = {'strangers': lambda: contents.answers_to_strangers(rest, written['trees']),
               'folders': lambda: folder_tree(rest, HOME)}[name]()
        for key in sorted({*written[name], *now}):
            report.check(f'{course}: {name} {key}',
                         differences(written[name].get(key), now.get(key)))
    files = rest.of(f'{HOME}/files.h5')
    for identifier, expected in written['references'].items():
        data = files.bytes(f'/datasets/{identifier}/value')
        report.check(f'{course}: reference {identifier}', [] if data == expected else ['bytes'])
    account = {'endpoint': rest.endpoint, 'username': 'test_user1', 'password': 'test'}
    now = client_file.read(f'{HOME}/client.h5', **account)
    for path in sorted({*written['client'], *now}):
        what = f'{course}: h5pyd {path}'
        report.check(what, differences(written['client'].get(path), now.get(path)),
                     report.excuse(what))


def compare_objects(tree, found, identifier, into):
    """One object: a check for each attribute and link, and one for the rest."""
    where, report = into
    before, now = tree['objects'].get(identifier, {}), found['objects'].get(identifier, {})
    for part in ('attributes', 'links'):
        old, new = before.get(part, {}), now.get(part, {})
        for name in sorted({*old, *new}):
            what = f'{where} {identifier} {part} {name!r}'
            report.check(what, differences(old.get(name), new.get(name)), report.excuse(what))
    rest = [{key: value for key, value in one.items() if key not in ('attributes', 'links')}
            for one in (before, now)]
    report.check(f'{where} {identifier}', differences(*rest))


def exchange(writer, reader, args, report):
    """One direction, in a folder of its own."""
    folder = args.folder = pathlib.Path(tempfile.mkdtemp(prefix='hsds-interchange-'))
    try:
        with running(writer, folder, args.main) as endpoint:
            written = write_all(Rest(endpoint), writer, args, report)
        with running(reader, folder, args.main) as endpoint:
            read_all(Rest(endpoint), reader, written, report)
    except Exception:
        traceback.print_exc()
        report.check(f'{writer} -> {reader}', ['ended early, see above'])
    finally:
        if args.keep:
            print(f'{writer} -> {reader}: kept {folder}')
        else:
            shutil.rmtree(folder, ignore_errors=True)


def main():
    """Command line, see the top of this file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--hsds', default='0.9.4', help='version of HSDS')
    parser.add_argument('--main', type=pathlib.Path, default=MAIN, help='this server, built')
    parser.add_argument('--from', dest='sources', choices=['hsds', 'ours'], nargs='+',
                        default=['hsds', 'ours'], help='who writes')
    parser.add_argument('--only', default='', help='datasets whose name has this pattern')
    parser.add_argument('--keep', action='store_true', help='keep the folders')
    args = parser.parse_args()
    report = Report()
    if 'hsds' in args.sources:
        exchange(args.hsds, OURS, args, report)
    if 'ours' in args.sources:
        exchange(OURS, args.hsds, args, report)
    sys.exit(report.finish())


if __name__ == '__main__':
    main()
