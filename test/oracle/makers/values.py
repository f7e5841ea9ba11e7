"""Values: hyperslabs, coordinate lists and points, read and written in JSON and binary."""

import base64
import struct

import rest_types as types

BINARY = (('Accept', 'application/octet-stream'),)
OCTETS = (('Content-Type', 'application/octet-stream'),)
BAD_SELECTIONS = [
    '[',
    ']',
    '[]x',
    '[:',
    '[a]',
    '[-1]',
    '[0:0]',
    '[5:2]',
    '[0:1000]',
    '[1,,2]',
    '[::0]',
    '[0:4:-1]',
    '[1.5]',
    '[[0,1]',
    '[[]]',
    '[1:2:3:4]',
    '[0:1,0:1,0:1]',
    '[ 0 : 2 ]',
    '',
    '[]',
    '[[0,0]]',
    '[[3,1]]',
    '[[0,50]]',
    '[...]',
    '[None]',
    '[0][1]',
    '[[[0]]]',
    '[0 1]',
]


def selection(rng, shape):
    """A selection text for a shape; one in five is odd."""
    if not shape or rng.randrange(5) == 0:
        return rng.choice(BAD_SELECTIONS + ['[:]', '[0]', '[0:1]'])
    return '[' + ','.join(dimension(rng, extent) for extent in shape) + ']'


def dimension(rng, extent):
    """One dimension of a right selection."""
    start = rng.randrange(extent)
    stop = rng.randrange(start, extent) + 1
    way = rng.randrange(7)
    if way == 0:
        return ':'
    if way == 1:
        return str(start)
    if way == 2:
        return f'{start}:'
    if way == 3:
        return f':{stop}'
    if way == 4:
        return f'{start}:{stop}:{rng.randrange(1, 4)}'
    if way == 5:
        return '[' + ','.join(map(str, sorted({start, stop - 1}))) + ']'
    return f'{start}:{stop}'


def get_value(rng, model):
    """GET of values."""
    dataset = rng.choice(model.datasets)
    params = [('select', selection(rng, dataset.shape))] if rng.randrange(5) else []
    if rng.randrange(5) == 0:
        params.append(
            rng.choice(
                [('reduce_dim', '1'), ('ignore_nan', '1'), ('nonstrict', '1'), ('Limit', 'x')]
            )
        )
    if rng.randrange(6 if dataset.kind is not types.ROW else 2) == 0:
        params.append(
            ('fields', rng.choice(['n', 'sym:n', 'x', 'nothing', '', 'n:sym', 'n:n', ':']))
        )
    headers = rng.choice(
        [
            (),
            BINARY,
            BINARY,
            (('Accept', 'application/json'),),
            (('Accept', 'application/octet-stream, */*'),),
        ]
    )
    return model.request(
        'values/get',
        'GET',
        f'/datasets/«{dataset.symbol}»/value',
        headers=headers,
        params=tuple(params),
    )


def points(rng, shape):
    """A list of points; one in six is wrong."""
    if not shape or rng.randrange(6) == 0:
        return rng.choice([[], 'x', [[0]], [0], [[0, 0]], [1000], [[0, 1000]], None, {'a': 1}])
    found = [[rng.randrange(extent) for extent in shape] for _ in range(rng.randrange(1, 4))]
    return [point[0] for point in found] if len(shape) == 1 else found


def post_points(rng, model):
    """POST to read points, in JSON."""
    dataset = rng.choice(model.datasets)
    body = {'points': points(rng, dataset.shape)}
    if rng.randrange(5) == 0:
        body = rng.choice(
            [
                {'select': selection(rng, dataset.shape)},
                {'start': 0, 'stop': 2},
                {},
                {'points': [0], 'select': '[0:1]'},
                {'start': [0], 'stop': [2], 'step': [1]},
            ]
        )
    if dataset.kind is types.ROW and rng.randrange(3) == 0:
        body['fields'] = rng.choice(['n', 'sym:n', 'nothing'])
    return model.request(
        'values/post',
        'POST',
        f'/datasets/«{dataset.symbol}»/value',
        body=body,
        headers=rng.choice([(), BINARY]),
    )


def post_binary_points(rng, model):
    """POST to read points, in binary."""
    dataset = rng.choice([d for d in model.datasets if d.shape])
    count = rng.randrange(1, 4) * len(dataset.shape)
    body = struct.pack(
        f'<{count}Q', *(rng.randrange(dataset.shape[i % len(dataset.shape)]) for i in range(count))
    )
    if rng.randrange(5) == 0:
        body = rng.choice([body[:-3], b'12345678' * len(dataset.shape), body + bytes(4)])
    return model.request(
        'values/post-binary',
        'POST',
        f'/datasets/«{dataset.symbol}»/value',
        body=body,
        headers=OCTETS + rng.choice([(), BINARY]),
    )


def put_json(rng, model):
    """PUT of values in JSON."""
    dataset = rng.choice(model.datasets)
    shape = dataset.shape
    body = {'value': types.nested(rng, dataset.kind, shape)}
    way = rng.randrange(7)
    if way == 0 and shape:
        rows = rng.randrange(1, shape[0] + 1)
        rest = ''.join(f',0:{extent}' for extent in shape[1:])
        body = {
            'select': f'[0:{rows}{rest}]',
            'value': types.nested(rng, dataset.kind, [rows, *shape[1:]]),
        }
    elif way == 1 and len(shape) == 1:
        body = {'start': 0, 'stop': 2, 'value': types.nested(rng, dataset.kind, [2])}
    elif way == 2:
        body['value'] = rng.choice([[], 5, 'x', None, [None], [1, 2], [[1]], {'a': 1}, True])
    elif way == 3:
        body['select'] = selection(rng, shape)
    elif way == 4:
        body = {'element_count': 1, 'value': types.element(rng, dataset.kind)}
    return model.request('values/put', 'PUT', f'/datasets/«{dataset.symbol}»/value', body=body)


def put_binary(rng, model):
    """PUT of values in binary."""
    dataset = rng.choice([d for d in model.datasets if types.size(d.kind)])
    shape, params = dataset.shape, ()
    if shape and rng.randrange(2):
        params = (('select', '[' + ','.join(['0:1'] * len(shape)) + ']'),)
        shape = [1] * len(shape)
    count = 1
    for extent in shape:
        count *= extent
    length = count * types.size(dataset.kind)
    if rng.randrange(6) == 0:
        length = max(0, length - rng.choice([1, 4]))
    body = bytes(
        rng.randrange(128) if dataset.kind in (types.I4, types.F8) else 1 for _ in range(length)
    )
    return model.request(
        'values/put-binary',
        'PUT',
        f'/datasets/«{dataset.symbol}»/value',
        body=body,
        headers=OCTETS,
        params=params,
    )


def put_base64(rng, model):
    """PUT of values in base64 within JSON, with a selection or points."""
    raw = struct.pack('<2i', rng.randrange(99), rng.randrange(99))
    body = {'value_base64': base64.b64encode(raw).decode()}
    body |= rng.choice(
        [
            {'points': [1, 3]},
            {'select': '[2:4]'},
            {'start': 0, 'stop': 2},
            {'points': [1]},
            {'points': [0, 100]},
            {},
        ]
    )
    return model.request('values/put-base64', 'PUT', '/datasets/«D1»/value', body=body)


def put_points(rng, model):
    """PUT of points in JSON."""
    dataset = rng.choice(model.datasets[:2])
    where = points(rng, dataset.shape)
    count = len(where) if isinstance(where, list) else 1
    body = {'points': where, 'value': types.nested(rng, dataset.kind, [count])}
    return model.request(
        'values/put-points', 'PUT', f'/datasets/«{dataset.symbol}»/value', body=body
    )


def append(rng, model):
    """PUT that appends, to where it is possible and where not."""
    dataset = rng.choice(model.datasets[:3])
    count = rng.randrange(1, 3)
    body = {'append': count, 'value': types.nested(rng, dataset.kind, [count])}
    if rng.randrange(3) == 0:
        body |= rng.choice(
            [
                {'append_dim': 0},
                {'append_dim': 1},
                {'append_dim': 'x'},
                {'append': 'x'},
                {'select': '[0:1]'},
                {'append': 100},
            ]
        )
    return model.request('values/append', 'PUT', f'/datasets/«{dataset.symbol}»/value', body=body)


MAKERS = [get_value] * 6 + [
    post_points,
    post_points,
    post_binary_points,
    put_json,
    put_json,
    put_json,
    put_binary,
    put_binary,
    put_base64,
    put_points,
    append,
]
