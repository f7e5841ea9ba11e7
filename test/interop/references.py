"""Datasets that refer to an HDF5 file in the bucket: made by one server, read by the other."""

import h5py
import numpy as np
from kinds import compound, number, string
from services import BUCKET

KEY = 'files/referred.h5'


def write_file(folder):
    """The HDF5 file; its arrays by dataset name."""
    path = folder / BUCKET / KEY
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(8)
    arrays = {'flat': np.arange(600, dtype='<f4').reshape(30, 20),
              'tiles': rng.integers(0, 99, (40, 30)).astype('>i4'),
              'packed': np.cumsum(rng.integers(-3, 4, (64, 16)), axis=0).astype('<i8')}
    with h5py.File(path, 'w', libver='latest') as file:
        file['flat'] = arrays['flat']
        file.create_dataset('tiles', data=arrays['tiles'], chunks=(10, 30))
        file.create_dataset('packed', data=arrays['packed'], chunks=(16, 16), compression='gzip',
                            shuffle=True)
    return arrays


def chunk_entries(dataset):
    """(chunk index, offset, size) of each chunk."""
    infos = [dataset.id.get_chunk_info(at) for at in range(dataset.id.get_num_chunks())]
    return [(tuple(at // extent for at, extent in zip(info.chunk_offset, dataset.chunks)),
             info.byte_offset, info.size) for info in infos]


def write_references(rest, root, folder):
    """One dataset of each reference layout; expected bytes by dataset id."""
    arrays = write_file(folder)
    expected = {}
    uri = f'{BUCKET}/{KEY}'

    def make(name, base, layout, **creation):
        body = {'type': number(base), 'shape': list(arrays[name].shape),
                'creationProperties': {'layout': layout, **creation}}
        identifier = rest.new('datasets', body, f'{name} {layout["class"]}', root)
        expected[identifier] = arrays[name].tobytes()

    filters = [{'class': 'H5Z_FILTER_SHUFFLE', 'id': 2, 'name': 'shuffle'},
               {'class': 'H5Z_FILTER_DEFLATE', 'id': 1, 'name': 'gzip', 'level': 4}]
    with h5py.File(folder / BUCKET / KEY) as file:
        flat = file['flat'].id
        make('flat', 'f4le', {'class': 'H5D_CONTIGUOUS_REF', 'file_uri': uri,
                              'offset': flat.get_offset(), 'size': flat.get_storage_size()})
        for name, base, more in (('tiles', 'i4be', {}), ('packed', 'i8le', {'filters': filters})):
            dataset = file[name]
            chunks = {'_'.join(map(str, index)): [offset, size]
                      for index, offset, size in chunk_entries(dataset)}
            make(name, base, {'class': 'H5D_CHUNKED_REF', 'file_uri': uri,
                              'dims': list(dataset.chunks), 'chunks': chunks}, **more)
        tables = {name: write_table(rest, root, file[name]) for name in ('tiles', 'packed')}
        for name, base, more in (('tiles', 'i4be', {}), ('packed', 'i8le', {'filters': filters})):
            make(name, base, {'class': 'H5D_CHUNKED_REF_INDIRECT', 'file_uri': uri,
                              'dims': list(file[name].chunks), 'chunk_table': tables[name]}, **more)
    return expected


def write_table(rest, root, dataset):
    """A chunk table; its id."""
    shape = [-(-extent // chunk) for extent, chunk in zip(dataset.shape, dataset.chunks)]
    table = np.zeros(shape, '<i8,<i4,S40')
    for index, offset, size in chunk_entries(dataset):
        table[index] = (offset, size, f'{BUCKET}/{KEY}'.encode())
    kind = compound(offset=number('i8le'), size=number('i4le'), file_uri=string(40))
    identifier = rest.new('datasets', {'type': kind, 'shape': shape}, f'table {dataset.name[1:]}',
                          root)
    rest.put(f'/datasets/{identifier}/value', data=table.tobytes())
    return identifier
