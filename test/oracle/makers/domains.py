"""Domains, folders, listings, ACLs, lookups by path, service routes."""

import junk
from exchange import Request

FLAGS = ('create', 'read', 'update', 'delete', 'readACL', 'updateACL')
PATHS = [
    '/',
    '/g1',
    'g1',
    '/g1/',
    './g1',
    'g1/t1',
    '/deep/er',
    'd1',
    '/s',
    '/g1/x',
    '/nothing',
    'd1/below',
    '',
    '.',
    '//g1',
    'g1//t1',
    's/t1',
    '/g1/./t1',
]
USERS = ['test_user1', 'test_user2', 'default', 'g:test_group', 'nobody1', 'admin', 'ünï']


def get_domain(rng, model):
    """GET / with any of its switches."""
    names = rng.sample(
        ['getdnids', 'include_attrs', 'include_links', 'CreateOrder', 'unknown'], rng.randrange(3)
    )
    params = tuple((name, rng.choice(junk.FLAGS)) for name in names)
    return model.request('domains/get', 'GET', '/', params=params)


def get_objects(rng, model):
    """GET / with all objects."""
    params = (('getobjs', 'T'), ('include_attrs', 'T'))[: rng.choice([1, 2])]
    return model.request('domains/getobjs', 'GET', '/', params=params)


def get_path(rng, model):
    """GET / of an object by path."""
    params = [('h5path', rng.choice(PATHS))]
    if rng.randrange(3) == 0:
        params.append(('parent_id', rng.choice(['«R»', '«G1»', '«D1»', '«F.G1»', 'x'])))
    for name in ('include_attrs', 'include_links', 'follow_soft_links', 'follow_external_links'):
        if rng.randrange(3) == 0:
            params.append((name, '1'))
    return model.request('domains/h5path', 'GET', '/', params=tuple(params))


def post_paths(rng, model):
    """POST / of several paths."""
    paths = rng.sample(PATHS, rng.randrange(4))
    params = tuple(
        (name, '1') for name in ('include_attrs', 'follow_soft_links') if rng.randrange(2)
    )
    return model.request('domains/h5paths', 'POST', '/', params=params, body={'h5paths': paths})


def put_domain(rng, model):
    """PUT / of new domains and folders, possible and impossible ones."""
    body = rng.choice(
        [
            None,
            {},
            {'folder': True},
            {'folder': 1},
            {'owner': 'test_user2'},
            {'owner': 'test_user1'},
            {'linked_domain': model.domain},
            {'linked_domain': model.folder},
            {'linked_domain': '/home/no/such.h5'},
            {'folder': True, 'linked_domain': model.domain},
            {'group': {'creationProperties': {'CreateOrder': 1}}},
        ]
    )
    model.made += 1
    stem = model.domain.removesuffix('.h5')
    path = rng.choice(
        [
            f'{stem}-{model.made}.h5',
            f'{stem}-{model.made}',
            model.domain,
            model.folder,
            f'{model.domain}/below',
            '/top.h5',
            f'{stem}-none/x.h5',
        ]
    )
    return Request('domains/put', 'PUT', '/', domain=path, body=body)


def flush(rng, model):
    """PUT / to flush, by parameter or body."""
    if rng.randrange(2):
        return model.request('domains/flush', 'PUT', '/', params=(('flush', '1'),))
    body = rng.choice([{'flush': 1}, {'flush': 1, 'getdnids': 1}, {'flush': True}])
    return model.request('domains/flush', 'PUT', '/', body=body)


def delete_domain(rng, model):
    """DELETE / of what cannot be deleted."""
    path = rng.choice(
        [f'{model.folder}/no-such.h5', '/home', model.folder, '/home/test_user1/none']
    )
    body = rng.choice([None, {'keep_root': 1}, {}])
    return Request(
        'domains/delete',
        'DELETE',
        '/',
        domain=path,
        body=body,
        user=rng.choice(['test_user1:test', 'test_user2:test', '']),
    )


def list_domains(rng, model):
    """GET /domains with paging, patterns and queries."""
    listed = model.listed
    params = [('domain', rng.choice([listed + '/', listed, model.domain, listed + '/none/']))]
    if rng.randrange(2):
        params.append(('Limit', rng.choice(junk.NUMBERS)))
    if rng.randrange(3) == 0:
        params.append(('pattern', rng.choice(['*', 'a*', '*1', 'a[', '*a*', '?', '[a-b].h5'])))
    if rng.randrange(4) == 0:
        params.append(('Marker', rng.choice([f'{listed}/a.h5', f'{listed}/aa', 'x', '/home'])))
    if rng.randrange(5) == 0:
        params.append(('query', rng.choice(['n > 1', 'n == 1', "t == 'x'", 'n >', 'none > 1'])))
    return Request('domains/list', 'GET', '/domains', params=tuple(params))


def collections(rng, model):
    """GET of all groups, datasets or datatypes of a domain."""
    name = rng.choice(['groups', 'datasets', 'datatypes'])
    params = rng.choice([(), (('Limit', rng.choice(['0', '-1', 'x', '100'])),)])
    return model.request(f'domains/all-{name}', 'GET', f'/{name}', params=params)


def get_acls(rng, model):
    """GET of all ACLs, or of one user's."""
    path = rng.choice(['/acls', f'/acls/{rng.choice(USERS)}'])
    user = rng.choice(['test_user1:test'] * 3 + ['test_user2:test', '', 'admin:admin'])
    return model.request('domains/get-acls', 'GET', path, user=user)


def put_acl(rng, model):
    """PUT of an ACL."""
    names = rng.sample(FLAGS, rng.randrange(4))
    body = {name: rng.choice([True, False]) for name in names}
    if rng.randrange(4) == 0:
        body[rng.choice(['foo', 'read', 'domain'])] = rng.choice([5, 'x', None, [], True])
    user = rng.choice(USERS[1:5])
    return model.request('domains/put-acl', 'PUT', f'/acls/{user}', body=body)


def service(rng, model):
    """The routes about the service, and paths that are no routes."""
    path = rng.choice(
        [
            '/about',
            '/info',
            '/nothing',
            '/about/',
            '/domains/',
            '/groups/x/y',
            '/acls/',
            '/favicon.ico',
            '//about',
            '/datasets/«D1»/nothing',
            '/groups/«G1»/acls',
        ]
    )
    method = rng.choice(['GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'])
    user = rng.choice(['', 'test_user1:test', 'admin:admin', 'test_user1:wrong'])
    return Request('domains/service', method, path, user=user)


def designation(rng, model):
    """The domain by parameter, prefix, bucket, and in odd forms."""
    path = rng.choice(['/', '/groups/«G1»', '/groups', '/acls', '/datasets/«D1»/shape'])
    value = rng.choice(
        [
            model.domain,
            'hdf5:/' + model.domain,
            'hsdstest' + model.domain,
            '/',
            model.domain + '/',
            model.domain.replace('<folder>', '<bare folder>'),
            'x',
            model.domain + '/.domain.json',
            'nobucket' + model.domain,
            model.domain.upper(),
        ]
    )
    params = [('domain', value)]
    if rng.randrange(4) == 0:
        params.append(('bucket', rng.choice(['hsdstest', 'nobucket', 'bad/bucket', 'bad bucket'])))
    return Request('domains/designation', 'GET', path, params=tuple(params))


MAKERS = [
    get_domain,
    get_objects,
    get_path,
    get_path,
    post_paths,
    put_domain,
    flush,
    delete_domain,
    list_domains,
    collections,
    get_acls,
    put_acl,
    service,
    designation,
]
