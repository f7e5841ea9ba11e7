"""Wrong values of every sort, and ways to spoil a right request."""

import dataclasses

VALUES = [
    None,
    0,
    1,
    -1,
    1.5,
    2**40,
    '',
    'x',
    '0',
    'null',
    [],
    {},
    [1],
    [[]],
    [None],
    {'a': 1},
    True,
    False,
    ['a', 'b'],
    '☃',
    -1.5,
    [1.5],
    ['x'],
    {'class': 'x'},
    [1, [2]],
]
IDS = [
    '',
    'x',
    'foobar',
    '«R»',
    '«G1»',
    '«D1»',
    '«T1»',
    '«F.G1»',
    '«F.D1»',
    'g-00000000-00000000-0000-000000-000000',
    'd-00000000-00000000-0000-000000-000000',
    't-00000000-00000000-0000-000000-000000',
    'g-314d61b8-9954-11e6-a733-3c15c2da029e',
    'groups/«G1»',
    'g-12345',
    'x-00000000-00000000-0000-000000-000000',
    'c-00000000-00000000-0000-000000-000000_0',
]
PATH_IDS = [identity for identity in IDS if identity and '/' not in identity]
NAMES = [
    'a',
    'b',
    'new',
    'g1',
    'ünïcödé',
    '名前',
    'with blank',
    'a+b',
    '100%',
    'x' * 100,
    '.',
    '..',
]
NUMBERS = ['0', '1', '3', '-1', 'x', '1.5', '', ' 2', '1000000', '0x10']
FLAGS = ['1', 'T', 'true']
TEXTS = [
    b'',
    b'{',
    b'not json',
    b'[1,',
    b'{"a":}',
    b'\xff\xfe',
    b'""',
    b'5',
    b'[]',
    b'{}',
    b'{"a":1}x',
    b'NaN',
]


def spoil(rng, request):
    """A request with one thing wrong (or merely unusual) about it."""
    return rng.choice(WAYS)(rng, request)


def spoil_member(rng, request):
    """One member of the body gets another value, or goes, or there is one more."""
    if not isinstance(request.body, dict) or not request.body:
        return spoil_body(rng, request)
    body = dict(request.body)
    name = rng.choice(sorted(body))
    way = rng.randrange(4)
    if way == 0:
        del body[name]
    elif way == 1:
        body['unknown'] = rng.choice(VALUES)
    else:
        body[name] = rng.choice(VALUES)
    return relabel(request, f'member-{name}', body=body)


def spoil_body(rng, request):
    """Another body altogether: none, not JSON, another kind of JSON."""
    body = rng.choice([None, rng.choice(TEXTS), rng.choice(VALUES)])
    if isinstance(body, float | int | str) and not isinstance(body, bool):
        body = str(body).encode()
    if body is None and rng.randrange(2):
        body = b'null'
    return relabel(request, 'body', body=body)


def spoil_id(rng, request):
    """Another id in the path."""
    parts = request.path.split('/')
    if len(parts) < 3 or '«' not in parts[2]:
        return spoil_user(rng, request)
    parts[2] = rng.choice(PATH_IDS)
    return relabel(request, 'id', path='/'.join(parts))


def spoil_user(rng, request):
    """Another user: a stranger, nobody, the admin, or a wrong password."""
    user = rng.choice(['test_user2:test', '', 'admin:admin', 'test_user1:wrong', 'nobody:x', 'x:'])
    return relabel(request, 'user', user=user)


def spoil_header(rng, request):
    """An odd header: content type, accept, authorization."""
    headers = rng.choice(
        [
            (('Content-Type', 'text/plain'),),
            (('Content-Type', 'application/json'),),
            (('Accept', 'application/octet-stream'),),
            (('Accept', 'text/html'),),
            (('Content-Type', 'application/x-www-form-urlencoded'),),
        ]
    )
    return relabel(request, 'header', headers=request.headers + headers)


def spoil_authorization(rng, request):
    """A malformed Authorization header."""
    value = rng.choice(
        ['Basic', 'Basic !!!', 'Digest abc', 'x', 'Basic Og==', 'Basic dGVzdF91c2VyMTo=']
    )
    return relabel(request, 'authorization', user='', headers=(('Authorization', value),))


def spoil_domain(rng, request):
    """Another domain, or none."""
    domain = rng.choice(
        [
            '',
            '/home/test_user1/no-such.h5',
            '/home/test_user1',
            'no-slash',
            '/x',
            '/home/test_user1/',
            '/no-such-folder/x.h5',
            'nobucket/home/x.h5',
        ]
    )
    return relabel(request, 'domain', domain=domain)


def spoil_param(rng, request):
    """One query parameter gets another value."""
    if not request.params:
        return relabel(request, 'param', params=(('unknown', 'x'),))
    params = list(request.params)
    at = rng.randrange(len(params))
    params[at] = (params[at][0], rng.choice(NUMBERS + ['☃', '[', '*', 'a*b*']))
    return relabel(request, f'param-{params[at][0]}', params=tuple(params))


def spoil_method(rng, request):
    """The same path with another method."""
    method = rng.choice(['GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'PATCH'])
    if method in ('PUT', 'DELETE') and request.path in ('/', '/groups/«R»'):
        method = 'PATCH'  # these would do something quite different
    return relabel(request, 'method', method=method, capture='')


def relabel(request, what, **changes):
    """A changed request whose label says what was changed."""
    return dataclasses.replace(request, label=f'{request.label}/{what}', **changes)


WAYS = (
    [spoil_member] * 5
    + [spoil_body] * 2
    + [spoil_id] * 2
    + [spoil_param] * 2
    + [spoil_user, spoil_header, spoil_authorization, spoil_domain, spoil_method]
)
