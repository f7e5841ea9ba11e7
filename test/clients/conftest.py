"""What all client tests share: the service, a folder per run, accounts, and two markers.

    hsds_fault(reason[, client=version])   HSDS of the client's generation fails here (with this
                                           client only), so the test runs only against hsds-ts
    client(version)                        only for clients whose version begins so
"""

import contextlib
import os
import sys
import time

import h5pyd
import pytest

sys.path.insert(0, os.path.dirname(__file__))
import client_members  # noqa: E402  (the path must be set first)
import service as services  # noqa: E402

MEMBERS = client_members.Members()
LAST = 'test_members'


def pytest_configure(config):
    """Makes the markers known."""
    config.addinivalue_line('markers', 'hsds_fault(reason, client): HSDS itself fails here')
    config.addinivalue_line('markers', 'client(version): only for this client version')
    MEMBERS.watch()


def pytest_collection_modifyitems(config, items):
    """Leaves out what the markers exclude: not for this client or this server, so no skipping.

    What looks at the other tests runs last.
    """
    items.sort(key=lambda item: item.module.__name__.endswith(LAST))
    kind = services.from_environment().kind
    excluded = [item for item in items if excludes(item, kind)]
    items[:] = [item for item in items if item not in excluded]
    config.hook.pytest_deselected(items=excluded)


def excludes(item, kind):
    """Whether a marker says that this test is not for this client or this kind of server."""
    wanted = item.get_closest_marker('client')
    if wanted and not h5pyd.__version__.startswith(wanted.args[0]):
        return True
    return kind == 'hsds' and any(h5pyd.__version__.startswith(fault.kwargs.get('client', ''))
                                  for fault in item.iter_markers('hsds_fault'))


@pytest.fixture(scope='session')
def members():
    """The client's public members, and those that tests of this run called."""
    return MEMBERS


@pytest.fixture(scope='session')
def missing_reasons():
    """Members that are not called, with the reason."""
    return client_members.reasons()


@pytest.fixture(scope='session')
def whole_suite(request):
    """Whether all tests of the client's API run: both folders, none chosen by name."""
    folders = {item.path.parent.name for item in request.session.items}
    option = request.config.option
    return len(folders) > 1 and not option.keyword and not option.markexpr


@pytest.fixture(scope='session')
def service():
    """The service under test."""
    return services.from_environment()


@pytest.fixture(scope='session')
def second():
    """Name and password of a second user without any rights of his own."""
    return os.environ.get('USER2_NAME', 'test_user2'), os.environ.get('USER2_PASSWORD', 'test')


@pytest.fixture(scope='session')
def folder(service):
    """A fresh folder for this run, as a path with a slash at its end."""
    name = f'clients-{h5pyd.__version__}-{int(time.time() * 1000):x}'
    return services.ensure_folder(service, name) + '/'


@pytest.fixture
def domain(folder, request):
    """A path in the run's folder that no other test uses."""
    name = ''.join(c if c.isalnum() else '_' for c in request.node.name)
    return f'{folder}{request.module.__name__.split(".")[-1]}-{name}.h5'


@pytest.fixture(scope='session')
def account(service):
    """The keyword arguments with which h5pyd speaks to the service as the first user."""
    return {'endpoint': service.endpoint, 'username': service.user, 'password': service.password,
            'retries': 1}  # an answer 500 shall fail at once, not after minutes


@pytest.fixture
def opened(domain, account):
    """Opens the test's own domain or another: opened('w'), opened('r', path, username=...)."""
    files = []

    def open_file(mode='r', path=domain, **options):
        files.append(h5pyd.File(path, mode, **(account | options)))
        return files[-1]

    yield open_file
    for file in filter(lambda file: file.id, files):
        with contextlib.suppress(OSError):
            file.close()


@pytest.fixture(scope='session')
def settle():
    """Sends what a file has pending, so that the next write is a request of its own.

    The 0.24 client sends at once, and its flush() waits for durability, which takes seconds.
    """
    return (lambda file: file.flush()) if h5pyd.__version__.startswith('1.0') else lambda file: None


@pytest.fixture
def written(opened):
    """Writes with write(file), closes, and gives the file reopened for reading."""
    def write_then_read(write, **options):
        with opened('w', **options) as file:
            write(file)
        return opened('r')
    return write_then_read
