"""The datasets that are exchanged: which types with which layouts and filters, and their contents.

Not the whole product: every type with every common filter, every type with every layout, and every
filter with a few types.
"""

from typing import NamedTuple

import numpy as np
from kinds import BY_NAME, KINDS, Kind

COUNT = 240


class Case(NamedTuple):
    """One dataset: what is sent to create it, and how many leading rows are written."""

    name: str
    kind: Kind
    body: dict
    dims: tuple
    rows: int
    layout: str
    filters: tuple

    @property
    def count(self):
        """Elements."""
        return int(np.prod(self.dims))

    def expected(self, root):
        """The bytes that a read of everything gives."""
        written = self.rows * (self.count // self.dims[0]) if self.dims else self.count
        parts = self.kind.elements(written, root) + [self.kind.empty] * (self.count - written)
        return b''.join(parts)


def chunked(*dims):
    return {'class': 'H5D_CHUNKED', 'dims': list(dims)}


# name -> shape and maxdims of the request, its layout, dims, rows written
LAYOUTS = {
    'extensible': ({'shape': [COUNT], 'maxdims': [0]}, chunked(50), (COUNT,), 200),
    'grid': ({'shape': [12, 20]}, chunked(5, 6), (12, 20), 12),
    'cube': ({'shape': [6, 8, 5], 'maxdims': [0, 8, 0]}, chunked(2, 8, 3), (6, 8, 5), 4),
    'contiguous': ({'shape': [COUNT]}, {'class': 'H5D_CONTIGUOUS'}, (COUNT,), COUNT),
    'compact': ({'shape': [24]}, {'class': 'H5D_COMPACT'}, (24,), 24),
    'scalar': ({}, None, (), 1),
    'unwritten': ({'shape': [7], 'maxdims': [100]}, chunked(7), (7,), 0),
    'partitioned': ({'shape': [COUNT, 40], 'maxdims': [400, 0]}, chunked(10, 10), (COUNT, 40), 3),
}


def gzip(level=None):
    return {'class': 'H5Z_FILTER_DEFLATE', 'id': 1, 'name': 'gzip'} | (
        {} if level is None else {'level': level})


def user(name, **more):
    ids = {'blosclz': 32001, 'lz4': 32004, 'lz4hc': 32005, 'zstd': 32015}
    return {'class': 'H5Z_FILTER_USER', 'name': name, 'id': ids[name]} | more


def plain(name, number):
    return {'class': f'H5Z_FILTER_{name.upper()}', 'id': number, 'name': name}


SHUFFLE = plain('shuffle', 2)
BITSHUFFLE = plain('bitshuffle', 32008)
FILTERS = {
    'none': (),
    'gzip': (gzip(),),
    'shuffle gzip': (SHUFFLE, gzip(4)),
    'shuffle lz4': (SHUFFLE, user('lz4', level=5)),
    'lz4hc': (user('lz4hc'),),
    'blosclz': (user('blosclz'),),
    'shuffle zstd': (SHUFFLE, user('zstd')),
    'lz4': (user('lz4'),),
    'shuffle blosclz': (SHUFFLE, user('blosclz', level=9)),
    'zstd 3': (user('zstd', level=3),),
    'gzip 0': (gzip(0),),
    'gzip 9': (gzip(9),),
    'shuffle lz4hc': (SHUFFLE, user('lz4hc', level=9)),
    'zstd 15': (user('zstd', level=15),),
    'gzip fletcher32': (gzip(6), plain('fletcher32', 3)),
    'fletcher32': (plain('fletcher32', 3),),
    'nbit': (plain('nbit', 5),),
    'scaleoffset': ({**plain('scaleoffset', 6), 'scaleOffset': 0},),
    'nbit gzip': (plain('nbit', 5), gzip(1)),
    'scaleoffset gzip': (plain('scaleoffset', 6), gzip(1)),
    'shuffle': (SHUFFLE,),
    'bitshuffle': (BITSHUFFLE,),
    'bitshuffle lz4': (BITSHUFFLE, user('lz4')),
    'bitshuffle gzip': (BITSHUFFLE, gzip()),
    'bitshuffle zstd': (BITSHUFFLE, user('zstd')),
}
COMMON_FILTERS = list(FILTERS)[:7]
RARE_FILTERS = list(FILTERS)[7:]
FEW_KINDS = ['i2le', 'f8be', 'ascii nullpad', 'compound', 'vstr utf8', 'u1le']

FILLS = {
    'i4le': -7, 'f4be': 2.5, 'ascii nullpad': 'ab', 'bool': True, 'enum i2le': 5,
    'compound': [3, 0.5, 'xy'], 'compound nested': [[1, 2.0], [[3, 4.0], True]], 'u8be': 2 ** 63,
    'f8le': 'nan', 'vstr utf8': 'é',
}
FILL_BYTES = {
    'i4le': np.array(-7, '<i4'), 'f4be': np.array(2.5, '>f4'), 'ascii nullpad': np.array(b'ab', 'S5'),
    'bool': np.array(1, 'i1'), 'enum i2le': np.array(5, '<i2'), 'u8be': np.array(2 ** 63, '>u8'),
    'compound': np.array((3, 0.5, b'xy'), '<i4,<f8,S3'), 'f8le': np.array(np.nan, '<f8'),
    'compound nested': np.array((1, 2, 3, 4, 1), '<i2,<f4,<i2,<f4,i1'),
    'vstr utf8': np.frombuffer(b'\2\0\0\0\xc3\xa9', 'V6'),
}


def case(kind, layout, filters='none', **creation):
    """A dataset of one type, layout and filter list."""
    shape, stored_as, dims, rows = LAYOUTS[layout]
    if stored_as is not None:
        creation['layout'] = stored_as
    if FILTERS[filters]:
        creation['filters'] = list(FILTERS[filters])
    body = {'type': kind.type, **shape} | ({'creationProperties': creation} if creation else {})
    name = f'{kind.name}, {layout}, {filters}'
    return Case(name, kind, body, dims, rows, layout, FILTERS[filters])


def with_fill(kind, layout):
    """A dataset with a fill value, of which part is written."""
    plain_case = case(kind, layout, 'shuffle gzip', fillValue=FILLS[kind.name])
    filled = kind._replace(empty=FILL_BYTES[kind.name].tobytes())
    return plain_case._replace(name=f'{plain_case.name}, filled', kind=filled)


def all_cases():
    """Every dataset, by name."""
    cases = [case(kind, 'extensible', name) for kind in KINDS for name in COMMON_FILTERS]
    cases += [case(BY_NAME[kind], 'grid', name) for name in RARE_FILTERS for kind in FEW_KINDS]
    cases += [case(kind, layout) for kind in KINDS for layout in LAYOUTS if layout != 'extensible']
    cases += [with_fill(BY_NAME[name], layout) for name in FILLS
              for layout in ('extensible', 'cube', 'unwritten')
              if name != 'compound nested' or layout == 'cube']
    return {one.name: one for one in cases}
