"""The service under test and the user to be on it, from options or the environment."""

import os
import pathlib
import sys
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SAMPLES = ROOT.parent / 'shared' / 'data'

sys.path.insert(0, str(ROOT / 'scripts'))


class Service(NamedTuple):
    """Where a service is and as whom to speak to it; `kind` is 'hsds' or 'hsds-ts'."""

    endpoint: str
    user: str
    password: str
    kind: str

    @property
    def home(self):
        """The user's home folder, with a slash at its end."""
        return f'/home/{self.user}/'

    def client_environment(self):
        """The process environment that makes h5pyd and its tools use this service."""
        credentials = {'HS_ENDPOINT': self.endpoint, 'HS_USERNAME': self.user,
                       'HS_PASSWORD': self.password, 'PYTHONWARNINGS': 'ignore'}
        return os.environ | credentials


def add_options(parser):
    """Adds the options every script here has; their defaults come from the environment."""
    get = os.environ.get
    parser.add_argument('--endpoint', default=get('HSDS_ENDPOINT', 'http://localhost:5101'))
    parser.add_argument('--user', default=get('USER_NAME', 'test_user1'))
    parser.add_argument('--password', default=get('USER_PASSWORD', 'test'))
    parser.add_argument('--server', default=get('SERVER', 'hsds-ts'), choices=['hsds', 'hsds-ts'],
                        help='hsds: also accept the known limits of HSDS itself')


def from_options(args):
    """The service that the parsed options name."""
    return Service(args.endpoint.rstrip('/'), args.user, args.password, args.server)


def from_environment():
    """The service that the environment names."""
    get = os.environ.get
    return Service(get('HSDS_ENDPOINT', 'http://localhost:5101').rstrip('/'),
                   get('USER_NAME', 'test_user1'), get('USER_PASSWORD', 'test'),
                   get('SERVER', 'hsds-ts'))


def ensure_folder(service, name):
    """Makes a folder below the user's home, and the homes before it; returns its path."""
    import hsds_home
    hsds_home.ensure_home(service.endpoint)
    path = service.home + name
    hsds_home.ensure_folder(service.endpoint, path, service.user)
    return path
