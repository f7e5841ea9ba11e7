"""Attributes: single and multiple reads, writes, values and deletions."""

import base64
import struct

import junk
import rest_types as types

SHAPES = [
    None,
    [],
    [2],
    2,
    [2, 2],
    'H5S_NULL',
    {'class': 'H5S_SCALAR'},
    {'class': 'H5S_SIMPLE', 'dims': [2]},
    {'class': 'H5S_NULL'},
    [0],
]
BAD_SHAPES = ['x', -1, [-1], [1.5], {'class': 'x'}, {'dims': [2]}, True]


def item(rng):
    """An attribute to be made; one in three is wrong."""
    kind = rng.choice(types.GOOD)
    shape = rng.choice(SHAPES)
    body = {'type': kind}
    if shape is not None:
        body['shape'] = shape
    extent = extent_of(shape)
    if extent is not None and rng.randrange(6):
        body['value'] = types.nested(rng, kind, extent)
        if kind is types.VLEN and not extent:
            body['value'] = [body['value']]
    way = rng.randrange(12)
    if way == 0:
        body['type'] = rng.choice(types.BAD)
    elif way == 1:
        body['shape'] = rng.choice(BAD_SHAPES)
    elif way == 2:
        body['value'] = rng.choice(junk.VALUES)
    elif way == 3:
        body = {
            'type': types.I4,
            'shape': [2],
            'encoding': 'base64',
            'value': rng.choice(
                [base64.b64encode(struct.pack('<2i', 3, 4)).decode(), '!!', 'AAAA']
            ),
        }
    return body


def extent_of(shape):
    """The dims that a value of this shape has; None if it can have no value."""
    if shape is None:
        return []
    if isinstance(shape, int):
        return [shape]
    if isinstance(shape, dict):
        return {'H5S_SCALAR': [], 'H5S_SIMPLE': shape.get('dims')}.get(shape['class'])
    return None if shape == 'H5S_NULL' else shape


def where(rng, model):
    """An object's path."""
    collection, symbol = rng.choice(model.objects())
    return f'/{collection}/«{symbol}»/attributes'


def name_of(rng, model):
    """The name of an attribute that is there or not, more often on G1."""
    return rng.choice(model.attributes + ['missing', 'b1', 'b2', 'with blank', 'ünï'])


def put_attribute(rng, model):
    """PUT of one attribute."""
    name = rng.choice(
        [name_of(rng, model), f'b{rng.randrange(20)}', 'a/b', rng.choice(junk.NAMES[2:9])]
    )
    params = rng.choice([(), (), (('replace', '1'),)])
    return model.request(
        'attributes/put', 'PUT', f'{where(rng, model)}/{name}', body=item(rng), params=params
    )


def get_attribute(rng, model):
    """GET of one attribute."""
    params = rng.choice(
        [
            (),
            (('IncludeData', '0'),),
            (('IncludeData', '1'),),
            (('encoding', 'base64'),),
            (('encoding', 'x'),),
            (('ignore_nan', '1'),),
        ]
    )
    path = rng.choice(['/groups/«G1»/attributes', where(rng, model)])
    return model.request('attributes/get', 'GET', f'{path}/{name_of(rng, model)}', params=params)


def list_attributes(rng, model):
    """GET of an object's attributes."""
    choices = [
        ('IncludeData', ['0', '1']),
        ('CreateOrder', ['0', '1']),
        ('pattern', ['a*', '*', '[', 'b?']),
        ('Limit', ['1', '0', 'x', '2']),
        ('Marker', ['a1', 'none']),
        ('encoding', ['base64', 'x', '']),
        ('max_data_size', ['8', '0', 'x', '1000']),
        ('ignore_nan', ['1']),
    ]
    params = tuple(
        (name, rng.choice(values)) for name, values in rng.sample(choices, rng.randrange(4))
    )
    path = rng.choice(['/groups/«G1»/attributes', where(rng, model)])
    return model.request('attributes/list', 'GET', path, params=params)


def follow_attributes(rng, model):
    """GET of the attributes of everything below a group."""
    params = (('follow_links', '1'), ('IncludeData', rng.choice(['0', '1'])))
    return model.request(
        'attributes/follow',
        'GET',
        f'/groups/«{rng.choice(model.groups)}»/attributes',
        params=params,
    )


def post_attributes(rng, model):
    """POST to read several attributes."""
    body = rng.choice(
        [
            {'attr_names': ['a1', 'a2']},
            {'attr_names': ['a2', 'missing']},
            {'attr_names': 'a1'},
            {},
            {'attr_names': [5]},
            {'attr_names': []},
            {'obj_ids': ['«G1»', '«R»']},
            {'obj_ids': ['«G1»']},
            {'obj_ids': {'«G1»': ['a1'], '«R»': []}},
            {'obj_ids': {'«G1»': 'a1'}},
            {'obj_ids': {'«G1»': ['missing']}},
            {'obj_ids': {'«G1»': []}, 'attr_names': ['a1']},
        ]
    )
    params = rng.choice(
        [
            (),
            (('IncludeData', '1'),),
            (('IncludeData', '1'), ('encoding', 'base64')),
            (('encoding', 'x'),),
            (('max_data_size', '4'), ('IncludeData', '1')),
        ]
    )
    return model.request(
        'attributes/post', 'POST', '/groups/«G1»/attributes', body=body, params=params
    )


def put_attributes(rng, model):
    """PUT of several attributes."""
    items = {f'c{rng.randrange(50)}': item(rng) for _ in range(rng.randrange(1, 3))}
    body = rng.choice(
        [
            {'attributes': items},
            {'attributes': items},
            {'attributes': {}},
            {'attributes': []},
            {},
            {'name': 'single', **item(rng)},
            {'obj_ids': ['«R»', '«D1»'], 'attributes': items},
            {'obj_ids': {'«R»': {'attributes': items}, '«T1»': {'attributes': items}}},
            {'obj_ids': ['«R»']},
            {'obj_ids': {'«R»': {'attributes': items}}, 'attributes': items},
            {'obj_ids': {}},
            {'obj_ids': 'x'},
            {'attributes': {'a/b': {'type': types.I4, 'value': 1}}},
        ]
    )
    params = rng.choice([(), (), (('replace', '1'),)])
    return model.request('attributes/put-many', 'PUT', where(rng, model), body=body, params=params)


def get_value(rng, model):
    """GET of an attribute's value, in JSON or binary."""
    headers = rng.choice([(), (), (('Accept', 'application/octet-stream'),)])
    params = rng.choice([(), (), (('encoding', 'base64'),), (('encoding', 'x'),)])
    path = rng.choice(
        [
            '/groups/«G1»/attributes/a1',
            '/groups/«G1»/attributes/a2',
            f'{where(rng, model)}/{name_of(rng, model)}',
        ]
    )
    return model.request(
        'attributes/get-value', 'GET', path + '/value', headers=headers, params=params
    )


def put_value(rng, model):
    """PUT of an attribute's value, in JSON or binary."""
    if rng.randrange(2):
        body = rng.choice([struct.pack('<2i', 8, 9), b'', b'123', struct.pack('<3i', 1, 2, 3)])
        headers = (('Content-Type', 'application/octet-stream'),)
    else:
        body = {
            'value': rng.choice(
                [[5, 6], [5], [1.5, 2], ['7', '8'], None, 'x', [1, 2, 3], [[1], [2]]]
            )
        }
        headers = ()
    name = rng.choice(['a1', 'a1', 'a2', 'missing'])
    return model.request(
        'attributes/put-value',
        'PUT',
        f'/groups/«G1»/attributes/{name}/value',
        body=body,
        headers=headers,
    )


def delete_attribute(rng, model):
    """DELETE of one or several attributes."""
    if rng.randrange(2):
        name = rng.choice(['b1', 'b2', 'missing', 'with blank', 'c1'])
        return model.request('attributes/delete', 'DELETE', f'{where(rng, model)}/{name}')
    params = rng.choice(
        [
            (('attr_names', 'b3/c2'),),
            (('attr_names', 'c3|c4'), ('separator', '|')),
            (),
            (('attr_names', ''),),
            (('attr_names', 'YjU='), ('encoding', 'base64')),
            (('attr_names', 'c5'), ('encoding', 'x')),
        ]
    )
    return model.request('attributes/delete-many', 'DELETE', where(rng, model), params=params)


MAKERS = [
    put_attribute,
    put_attribute,
    put_attribute,
    get_attribute,
    get_attribute,
    list_attributes,
    list_attributes,
    follow_attributes,
    post_attributes,
    post_attributes,
    put_attributes,
    put_attributes,
    get_value,
    put_value,
    delete_attribute,
]
