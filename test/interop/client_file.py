"""A file as users write it, with h5pyd; read back as one comparable tree."""

import h5pyd
import numpy as np

POINT = np.dtype([('id', '<i4'), ('at', '<f8', (3,)), ('name', 'S6'), ('ok', '?')])
COLOURS = {'RED': 0, 'GREEN': 1, 'BLUE': 5}


def arrays():
    """Values by dataset name."""
    rng = np.random.default_rng(4)
    points = np.zeros(50, POINT)
    points['id'] = np.arange(50)
    points['at'] = rng.random((50, 3))
    points['name'] = [f'p{at}'.encode() for at in range(50)]
    points['ok'] = np.arange(50) % 3 == 0
    made = {np.dtype(base).name + ('be' if base[0] == '>' else ''):
            (np.arange(300) % 120).astype(base)
            for base in ('i1', 'u1', 'i2', '>i4', 'u8', 'f2', '>f4', 'f8', 'c16', '?')}
    return made | {'points': points, 'S5': np.array([b'ab', b'', b'12345'], 'S5'),
                   'noise': rng.random((40, 60))}


def options():
    """How datasets are created beside their values."""
    return {'noise': {'chunks': (10, 60), 'compression': 'gzip', 'shuffle': True,
                      'maxshape': (None, 60)},
            'float64': {'compression': 'lz4', 'fillvalue': 4.5, 'maxshape': (None,)},
            'int16': {'compression': 'gzip', 'compression_opts': 9}}


def write(path, **account):
    """Writes the file."""
    how = options()
    with h5pyd.File(path, 'w', **account) as file:
        group = file.create_group('values')
        for name, data in arrays().items():
            more = how.get(name, {})
            if h5pyd.__version__.startswith('1.') and more.get('compression') == 'lz4':
                more = more | {'compression': 'gzip'}
            group.create_dataset(name, data=data, **more)
        texts = file.create_dataset('texts', (4,), dtype=h5pyd.special_dtype(vlen=str))
        texts[:] = ['one', '', 'é八', 'a longer text']
        lists = file.create_dataset('lists', (3,), dtype=h5pyd.special_dtype(vlen=np.dtype('<i4')))
        lists[0] = np.array([1, 2, 3], '<i4')
        lists[2] = np.array([4], '<i4')
        colours = file.create_dataset(
            'colours', (3,), dtype=h5pyd.special_dtype(enum=('<i2', COLOURS)))
        colours[:] = [5, 0, 1]
        to_objects = h5pyd.special_dtype(ref=h5pyd.Reference)
        pointers = file.create_dataset('pointers', (2,), dtype=to_objects)
        pointers[0] = group.ref
        file['scalar'] = 42
        file['values/noise'].resize((55, 60))
        file['soft'] = h5pyd.SoftLink('/values/noise')
        file['away'] = h5pyd.ExternalLink('/home/test_user1/none.h5', '/x')
        file['again'] = group
        write_attributes(group)


def write_attributes(group):
    """Attributes as users set them."""
    group.attrs['number'] = 7
    group.attrs['text'] = 'é八'
    group.attrs['bytes'] = np.bytes_(b'abc')
    group.attrs['list'] = [1.5, 2.5]
    group.attrs['matrix'] = np.arange(6, dtype='>i4').reshape(2, 3)
    group.attrs['flag'] = np.bool_(True)
    group.attrs['point'] = np.array((1, (1, 2, 3), b'x', True), POINT)
    group.attrs.create('texts', ['a', 'bb'], dtype=h5pyd.special_dtype(vlen=str))
    group.attrs.create('pointer', group.ref, dtype=h5pyd.special_dtype(ref=h5pyd.Reference))


def read(path, **account):
    """Everything in the file, as texts by path."""
    tree = {}
    with h5pyd.File(path, 'r', **account) as file:
        visit(file, file['/'], '', tree)
    return tree


def visit(file, group, path, tree):
    """Adds a group and what is below it; `again` is the group's second name."""
    for name in sorted(group.attrs):
        tree[f'{path}@{name}'] = told(file, group.attrs[name])
    for name in sorted(group):
        link = group.get(name, getlink=True)
        here = f'{path}/{name}'
        if isinstance(link, h5pyd.SoftLink):
            tree[here] = f'soft {link.path}'
        elif isinstance(link, h5pyd.ExternalLink):
            tree[here] = f'external {link.filename} {link.path}'
        elif name == 'again':
            tree[here] = str(group[name].id.id == group['values'].id.id)
        elif isinstance(group[name], h5pyd.Group):
            visit(file, group[name], here, tree)
        else:
            tree[here] = dataset(file, group[name])


def dataset(file, found):
    """Type, shapes, properties and values of a dataset."""
    facts = (found.dtype, found.shape, found.maxshape, found.compression, found.compression_opts,
             found.shuffle, found.fillvalue, h5pyd.check_dtype(enum=found.dtype))
    return f'{facts} {told(file, found[()])}'


def told(file, value):
    """A value as text; references by what they point to."""
    if isinstance(value, h5pyd.Reference):
        return f'-> {file[value].name}' if value else 'null'
    if isinstance(value, np.ndarray):
        parts = [told(file, one) for one in value.ravel()]
        return f'{value.dtype} {value.shape} {parts}'
    return repr(value)
