"""Groups, committed datatypes, datasets, shapes and types."""

import junk
import rest_types as types

SHAPES = [
    [3],
    [0],
    [2, 3],
    5,
    [],
    'H5S_NULL',
    'H5S_SCALAR',
    None,
    -1,
    [-1],
    [2.5],
    ['3'],
    [3, 0],
    {'class': 'H5S_SIMPLE', 'dims': [3]},
    'x',
    [1, 1, 1, 1],
    [100000, 50000],
    True,
]
MAXDIMS = [[3], [0], [10], [2, 3], 0, 5, [1], None, 'x', ['H5S_UNLIMITED'], [5, 0], [-1], []]
LAYOUTS = [
    {'class': 'H5D_CHUNKED', 'dims': [3]},
    {'class': 'H5D_CHUNKED', 'dims': [2, 2]},
    {'class': 'H5D_CHUNKED'},
    {'class': 'H5D_CHUNKED', 'dims': [0]},
    {'class': 'H5D_CONTIGUOUS'},
    {'class': 'H5D_COMPACT'},
    {'class': 'H5D_CONTIGUOUS', 'dims': [3]},
    {'class': 'nonsense'},
    {},
    {'class': 'H5D_CHUNKED', 'dims': [500]},
    {'class': 'H5D_CONTIGUOUS_REF'},
    {'class': 'H5D_CONTIGUOUS_REF', 'file_uri': 's3://b/x.h5', 'offset': 100, 'size': 40},
    {'class': 'H5D_CHUNKED_REF', 'dims': [3], 'file_uri': 's3://b/x.h5', 'chunks': {'0': [1, 2]}},
    {'class': 'H5D_CHUNKED_REF_INDIRECT', 'dims': [3], 'chunk_table': '«D1»'},
    {'class': 'H5D_CHUNKED_REF_INDIRECT', 'dims': [3], 'chunk_table': 'x'},
]
FILTERS = [
    ['gzip'],
    ['deflate'],
    [1],
    ['lz4', 'shuffle'],
    [{'class': 'H5Z_FILTER_DEFLATE', 'level': 9}],
    [{'class': 'H5Z_FILTER_USER', 'name': 'lz4', 'level': 5}],
    [{'class': 'H5Z_FILTER_FLETCHER32'}],
    ['nonsense'],
    [99],
    [{'class': 'H5Z_FILTER_FOO'}],
    [{}],
    [None],
    'gzip',
    ['zlib'],
    [],
    [{'class': 'H5Z_FILTER_DEFLATE', 'id': 2}],
    ['blosclz'],
    ['zstd'],
    ['szip'],
    ['lzf'],
]
FILLS = [42, 0, -1, 1.5, 'x', '', None, [1], 'nan', True, '12', 2**40, {'a': 1}]


def new_object(rng, model, body):
    """Adds one of the ways to place an object, right and wrong."""
    way = rng.randrange(6)
    if way == 0:
        body['link'] = {
            'id': rng.choice(['«R»', '«G1»']),
            'name': f'n{model.made}-{rng.randrange(99)}',
        }
    elif way == 1:
        body['h5path'] = rng.choice(
            ['p/q', 'g1/new', '/abs', 'g1', 's/x', 'd1/x', '', '/', 'p/', 'a//b']
        )
    elif way == 2:
        body['link'] = {'id': rng.choice(junk.IDS), 'name': rng.choice(['n', 'a/b', '', 5])}
    elif way == 3:
        body |= {'parent_id': rng.choice(junk.IDS), 'h5path': rng.choice(['q', '/q', 'q/r'])}
    params = (('implicit', rng.choice(['0', '1'])),) if rng.randrange(2) else ()
    return {'body': body, 'params': params}


def post_group(rng, model):
    """POST /groups."""
    body = {}
    if rng.randrange(3) == 0:
        body['creationProperties'] = rng.choice([{'CreateOrder': 1}, {}, {'a': [1, {'b': 'c'}]}])
    return model.request(
        'objects/post-group',
        'POST',
        '/groups',
        capture=model.symbol('G'),
        **new_object(rng, model, body),
    )


def post_datatype(rng, model):
    """POST /datatypes."""
    kind = rng.choice([rng.choice(types.GOOD), rng.choice(types.SHORT), rng.choice(types.BAD)])
    return model.request(
        'objects/post-datatype',
        'POST',
        '/datatypes',
        capture=model.symbol('T'),
        **new_object(rng, model, {'type': kind}),
    )


def post_dataset(rng, model):
    """POST /datasets with shapes, layouts, filters and fill values, right and wrong."""
    kind = rng.choice(
        [
            rng.choice(types.GOOD),
            rng.choice(types.SHORT),
            rng.choice(types.SHORT),
            rng.choice(types.BAD),
            '«T1»',
        ]
    )
    body = {'type': kind}
    if rng.randrange(5):
        body['shape'] = rng.choice([rng.choice(SHAPES[:5]), rng.choice(SHAPES)])
    if rng.randrange(3) == 0:
        body['maxdims'] = rng.choice(MAXDIMS)
    properties = {}
    for name, choices in (('layout', LAYOUTS), ('filters', FILTERS), ('fillValue', FILLS)):
        if rng.randrange(4) == 0:
            properties[name] = rng.choice(choices)
    if properties or rng.randrange(3) == 0:
        body['creationProperties'] = properties
    rest = new_object(rng, model, body) if rng.randrange(3) == 0 else {'body': body}
    return model.request(
        'objects/post-dataset', 'POST', '/datasets', capture=model.symbol('D'), **rest
    )


def get_made(rng, model):
    """GET of the object that an earlier request made, if it did."""
    if not model.made:
        return get_object(rng, model)
    number = rng.randrange(1, model.made + 1)
    collection = rng.choice(['groups', 'datasets', 'datasets', 'datatypes'])
    symbol = {'groups': 'G', 'datasets': 'D', 'datatypes': 'T'}[collection] + f'n{number}'
    return model.request('objects/get-made', 'GET', f'/{collection}/«{symbol}»')


def get_object(rng, model):
    """GET of an object with any of its switches."""
    collection, symbol = rng.choice(model.objects())
    names = ['include_links', 'include_attrs', 'getalias', 'ignore_nan', 'unknown']
    params = tuple(
        (name, rng.choice(['1', '0', 'T', ''])) for name in rng.sample(names, rng.randrange(3))
    )
    return model.request(
        f'objects/get-{collection}', 'GET', f'/{collection}/«{symbol}»', params=params
    )


def get_by_path(rng, model):
    """GET /groups/, /datasets/, /datatypes/ by path."""
    collection = rng.choice(['groups', 'datasets', 'datatypes'])
    params = [
        ('h5path', rng.choice(['/g1', 'g1', '/d1', '/g1/t1', '/s', '/none', '', './d1', '/d1/x']))
    ]
    if rng.randrange(2):
        params.append(('grpid', rng.choice(['«R»', '«G1»', '«D1»', 'x'])))
    return model.request(
        f'objects/path-{collection}', 'GET', f'/{collection}/', params=tuple(params)
    )


def get_part(rng, model):
    """GET of a dataset's shape or type."""
    dataset = rng.choice(model.datasets)
    part = rng.choice(['shape', 'type'])
    return model.request(f'objects/get-{part}', 'GET', f'/datasets/«{dataset.symbol}»/{part}')


def put_shape(rng, model):
    """PUT of a dataset's shape, mostly one that is refused."""
    dataset = rng.choice(model.datasets[:3])
    body = rng.choice(
        [
            {
                'shape': rng.choice(
                    [[10], 10, [12], [8], [4, 6], [5], 'x', None, [-1], [1.5], [0], []]
                )
            },
            {'extend': rng.choice([1, 2, 0, -1, 'x', '2', 1.5, 100])},
            {'extend': 2, 'extend_dim': rng.choice([0, 1, 5, -1, 'x'])},
            {'shape': [12], 'extend': 2},
            {},
        ]
    )
    return model.request(
        'objects/put-shape', 'PUT', f'/datasets/«{dataset.symbol}»/shape', body=body
    )


def delete_object(rng, model):
    """DELETE of objects that must stay, or that an earlier request may have made."""
    choices = ['/groups/«R»', '/groups/«D1»', '/datasets/«G1»', '/datatypes/«R»', '/groups/«F.G1»']
    if model.made:
        choices += [
            f'/{name}/«{letter}n{rng.randrange(1, model.made + 1)}»'
            for name, letter in (('groups', 'G'), ('datasets', 'D'), ('datatypes', 'T'))
        ]
    return model.request('objects/delete', 'DELETE', rng.choice(choices))


MAKERS = [
    post_group,
    post_group,
    post_datatype,
    post_datatype,
    post_dataset,
    post_dataset,
    post_dataset,
    post_dataset,
    get_made,
    get_made,
    get_object,
    get_object,
    get_by_path,
    get_part,
    put_shape,
    delete_object,
]
