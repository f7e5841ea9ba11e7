"""A scenario: one domain with some objects, which the requests of the generator then work on.

What is known of the domain is what the right requests made; the generator needs it to aim, and
whether an answer was right is not its business.
"""

import dataclasses

import rest_types as types
from exchange import Request

FOREIGN = 'F.'


@dataclasses.dataclass
class Dataset:
    """A dataset's symbol and what values fit it."""

    symbol: str
    kind: dict
    shape: list


class Model:
    """What a scenario's domain holds."""

    def __init__(self, folder, name):
        self.folder = folder
        self.domain = f'{folder}/{name}.h5'
        self.listed = f'{folder}/{name}-listed'
        self.groups = ['R', 'G1', 'G2']
        self.types = ['T1']
        self.datasets = []
        self.titles = ['g1', 'd1', 's', 'x']
        self.attributes = ['a1', 'a2']
        self.made = 0

    def request(self, label, method, path, **rest):
        """A request on this scenario's domain."""
        return Request(label, method, path, domain=self.domain, **rest)

    def symbol(self, letter):
        """A symbol for an object about to be made."""
        self.made += 1
        return f'{letter}n{self.made}'

    def objects(self):
        """All objects as (collection, symbol)."""
        return (
            [('groups', symbol) for symbol in self.groups]
            + [('datasets', dataset.symbol) for dataset in self.datasets]
            + [('datatypes', symbol) for symbol in self.types]
        )


def foreign(folder):
    """The requests that make another domain, whose objects no scenario's domain may use."""
    model = Model(folder, 'foreign')
    return [
        model.request('setup', 'PUT', '/', capture=FOREIGN + 'R'),
        model.request(
            'setup',
            'POST',
            '/groups',
            capture=FOREIGN + 'G1',
            body={'link': {'id': '«F.R»', 'name': 'g1'}},
        ),
        model.request(
            'setup',
            'POST',
            '/datasets',
            capture=FOREIGN + 'D1',
            body={'type': 'H5T_STD_I32LE', 'shape': [3]},
        ),
        model.request(
            'setup', 'POST', '/datatypes', capture=FOREIGN + 'T1', body={'type': 'H5T_STD_I32LE'}
        ),
    ]


def listing(model):
    """The requests that make a folder to be listed."""
    requests = [Request('setup', 'PUT', '/', domain=model.listed, body={'folder': True})]
    for i, name in enumerate(('b.h5', 'a.h5', 'a1.h5')):
        domain, root = f'{model.listed}/{name}', f'L{i}'
        requests.append(Request('setup', 'PUT', '/', domain=domain, capture=root))
        body = {'type': types.I4, 'value': i}
        requests.append(
            Request('setup', 'PUT', f'/groups/«{root}»/attributes/n', domain=domain, body=body)
        )
    return requests


def setup(rng, model):
    """The requests that make the scenario's domain."""
    make = model.request
    requests = [
        make('setup', 'PUT', '/', capture='R'),
        make('setup', 'POST', '/groups', capture='G1', body={'link': {'id': '«R»', 'name': 'g1'}}),
        make(
            'setup',
            'POST',
            '/groups',
            capture='G2',
            params=(('implicit', '1'),),
            body={'h5path': 'deep/er'},
        ),
        make(
            'setup',
            'POST',
            '/datatypes',
            capture='T1',
            body={'type': types.F8, 'link': {'id': '«G1»', 'name': 't1'}},
        ),
        make('setup', 'PUT', '/groups/«R»/links/s', body={'h5path': '/g1'}),
        make(
            'setup', 'PUT', '/groups/«G1»/links/x', body={'h5path': '/g1', 'h5domain': '/home/o.h5'}
        ),
    ]
    kinds = [
        (types.I4, [10], [0]),
        (types.F8, [4, 6], None),
        (types.ROW, [8], [20]),
        (rng.choice(types.GOOD), rng.choice([[3], [2, 2], []]), None),
        (types.VSTR, [4], None),
    ]
    for i, (kind, shape, maxdims) in enumerate(kinds, 1):
        requests += dataset(rng, model, f'D{i}', kind, shape, maxdims)
    requests.append(make('setup', 'PUT', '/groups/«R»/links/d1', body={'id': '«D1»'}))
    for i, name in enumerate(model.attributes):
        requests.append(
            make(
                'setup',
                'PUT',
                f'/groups/«G1»/attributes/{name}',
                body={
                    'type': (types.I4, types.VSTR)[i],
                    'shape': [2],
                    'value': ([1, 2], ['x', 'ünï'])[i],
                },
            )
        )
    return requests


def dataset(rng, model, symbol, kind, shape, maxdims):
    """The requests that make and fill one dataset."""
    body = {'type': kind, 'shape': shape}
    if maxdims:
        body['maxdims'] = maxdims
    model.datasets.append(Dataset(symbol, kind, shape))
    path = f'/datasets/«{symbol}»/value'
    value = types.nested(rng, kind, shape)
    if kind is types.VLEN and not shape:
        value = [value]
    return [
        model.request('setup', 'POST', '/datasets', capture=symbol, body=body),
        model.request('setup', 'PUT', path, body={'value': value}),
    ]
