#!/usr/bin/env python3
"""Starts and stops a real HSDS of a given version, to compare with.

    scripts/hsds_oracle.py start --version 0.9.4 --port 5101 [--nodes 2] [--set key=value ...]
    scripts/hsds_oracle.py stop --port 5101

One service node and --nodes data nodes on TCP, POSIX storage in tmp/hsds-oracle/<port>, the users
admin:admin, test_user1:test and test_user2:test, bucket hsdstest, and the home folders. `start`
returns when the service is READY and prints its endpoint; `stop` ends exactly the processes that
`start` made and removes their folder. The nodes are started one by one because HSDS's own launcher
fixes the data nodes' ports, so that two services could not run side by side.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import hsds_home

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENVIRONMENTS = {'0.9.4': 'hsds09', '1.0.2': 'hsds10'}
BUCKET = 'hsdstest'
READY_TIMEOUT_S = 60


def state_dir(port):
    """Where the service on this port keeps its storage, logs and process ids."""
    return ROOT / 'tmp' / 'hsds-oracle' / str(port)


def node_command(version, options, extra):
    """The command line of one node."""
    venv = ROOT / f'.venv-{ENVIRONMENTS[version]}'
    command = [str(venv / 'bin' / 'python'), str(venv / 'bin' / 'hsds-node'), '--standalone']
    return command + [f'--{key}={value}' for key, value in (options | extra).items()]


def spawn(command, folder, name):
    """Starts one node in the background, in its own session, its output in <name>.log."""
    with open(folder / f'{name}.log', 'wb') as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, start_new_session=True)
    return process.pid


def node_state(url):
    """What a node says of itself (READY ...), or None while it does not answer."""
    try:
        with urllib.request.urlopen(f'{url}/info', timeout=5) as rsp:
            return json.load(rsp)['node']['state']
    except (OSError, ValueError):
        return None


def wait_ready(endpoint, data_nodes, folder):
    """Returns once all nodes are READY; raises with the logs' tail if they do not become so."""
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline:
        if all(node_state(url) == 'READY' for url in [*data_nodes, endpoint]):
            return
        time.sleep(0.2)
    tail = '\n'.join(log.read_text(errors='replace')[-2000:] for log in folder.glob('*.log'))
    raise RuntimeError(f'{endpoint} not READY after {READY_TIMEOUT_S} s\n{tail}')


def start(args):
    """Starts a service; one that is already running on this port is kept if it is READY."""
    endpoint = f'http://localhost:{args.port}'
    if node_state(endpoint):
        print(f'{endpoint} already answers', file=sys.stderr)
        return endpoint
    subprocess.run([ROOT / 'scripts' / 'python-env.sh', ENVIRONMENTS[args.version]], check=True)
    folder = state_dir(args.port)
    shutil.rmtree(folder, ignore_errors=True)
    (folder / 'data' / BUCKET).mkdir(parents=True)
    users = {'admin': 'admin'} | hsds_home.USERS
    passwords = ''.join(f'{user}:{password}\n' for user, password in users.items())
    (folder / 'passwd.txt').write_text(passwords)
    first = args.node_port or args.port + 1000
    urls = [f'http://localhost:{first + i}' for i in range(args.nodes)]
    options = {
        'dn_urls': ','.join(urls), 'root_dir': folder / 'data', 'bucket_name': BUCKET,
        'hsds_endpoint': endpoint, 'log_level': args.log_level,
        'password_file': folder / 'passwd.txt', **dict(pair.split('=', 1) for pair in args.set)}
    commands = {f'dn{i}': node_command(args.version, options, {'node_type': 'dn', 'node_number': i})
                for i in range(args.nodes)}
    commands['sn'] = node_command(args.version, options, {'node_type': 'sn', 'sn_url': endpoint})
    pids = [spawn(command, folder, name) for name, command in commands.items()]
    (folder / 'pids.json').write_text(json.dumps(pids))
    wait_ready(endpoint, urls, folder)
    hsds_home.ensure_home(endpoint)
    print(endpoint)
    return endpoint


def is_node(pid):
    """Whether this process is one of our nodes and not a stranger that got its number."""
    try:
        return b'hsds-node' in pathlib.Path(f'/proc/{pid}/cmdline').read_bytes()
    except OSError:
        return False


def stop(args):
    """Ends the service on this port: SIGTERM, after ten seconds SIGKILL; removes its folder."""
    folder = state_dir(args.port)
    record = folder / 'pids.json'
    pids = json.loads(record.read_text()) if record.exists() else []
    for how, patience_s in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
        for pid in filter(is_node, pids):
            os.kill(pid, how)
        deadline = time.monotonic() + patience_s
        while any(map(is_node, pids)) and time.monotonic() < deadline:
            time.sleep(0.1)
    if not args.keep:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    """Command line, see the top of this file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('action', choices=['start', 'stop'])
    parser.add_argument('--version', choices=sorted(ENVIRONMENTS), default='0.9.4')
    parser.add_argument('--port', type=int, default=5101)
    parser.add_argument('--nodes', type=int, default=1, help='data nodes')
    parser.add_argument('--node-port', type=int, help='first data node port (default port + 1000)')
    parser.add_argument('--log-level', default='ERROR')
    parser.add_argument('--set', action='append', default=[], metavar='KEY=VALUE',
                        help='any HSDS setting')
    parser.add_argument('--keep', action='store_true', help='stop: keep storage and logs')
    args = parser.parse_args()
    {'start': start, 'stop': stop}[args.action](args)


if __name__ == '__main__':
    main()
