#!/usr/bin/env python3
"""Makes the home folders that the client tests and the HSDS suites expect.

/home belongs to the admin, /home/<user> to each test user. Folders that are there already are left
alone, so the script may run any number of times against any HSDS-compatible server.
"""

import argparse
import base64
import json
import urllib.error
import urllib.request

ADMIN = ('admin', 'admin')
USERS = {'test_user1': 'test', 'test_user2': 'test'}


def request(endpoint, method, path, body=None, auth=ADMIN):
    """One REST call; returns (status, parsed JSON or None) and raises only when nobody answers."""
    data = None if body is None else json.dumps(body).encode()
    req = urllib.request.Request(endpoint + path, data=data, method=method)
    token = base64.b64encode(f'{auth[0]}:{auth[1]}'.encode()).decode()
    req.add_header('Authorization', f'Basic {token}')
    try:
        with urllib.request.urlopen(req, timeout=30) as rsp:
            text = rsp.read()
            return rsp.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, None


def ensure_folder(endpoint, path, owner, auth=ADMIN):
    """Makes one folder with the given owner unless it exists."""
    status, _ = request(endpoint, 'GET', f'/?domain={path}', auth=auth)
    if status == 200:
        return
    body = {'folder': True, 'owner': owner}
    status, _ = request(endpoint, 'PUT', f'/?domain={path}', body, auth=auth)
    if status not in (201, 409):
        raise RuntimeError(f'PUT / for folder {path}: expected 201, found {status}')


def ensure_home(endpoint, admin=ADMIN, users=tuple(USERS)):
    """Makes /home and one folder below it for every user."""
    ensure_folder(endpoint, '/home', admin[0], admin)
    for user in users:
        ensure_folder(endpoint, f'/home/{user}', user, admin)


def main():
    """Command line: the endpoint and the admin's name and password."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--endpoint', default='http://localhost:5101')
    parser.add_argument('--admin', default='admin:admin', help='name:password of the admin')
    args = parser.parse_args()
    ensure_home(args.endpoint, tuple(args.admin.split(':', 1)))


if __name__ == '__main__':
    main()
