"""Datasets of every kind of type: strings, enumerations, compounds, sequences, references ..."""

import h5pyd
import numpy as np
import pytest

TEXTS = ['one', '', 'ünïcödé', '名前 😀', 'a' * 300, 'line\nbreak', '"quoted\' \\']


@pytest.fixture
def stored(written):
    """Stores values as dataset d, closes, and gives the dataset as a new reader sees it."""
    def store(values, dtype=None, **options):
        def write(file):
            file.create_dataset('d', data=values, dtype=dtype, **options)
        return written(write)['d']
    return store


def as_objects(items):
    """A one-dimensional object array, also of equally long sequences."""
    array = np.empty(len(items), object)
    array[:] = items
    return array


@pytest.mark.parametrize('encoding', ['utf-8', 'ascii'])
def test_variable_strings(stored, encoding):
    texts = TEXTS if encoding == 'utf-8' else ['one', '', 'three', 'x' * 1000]
    dset = stored(as_objects(texts), h5pyd.string_dtype(encoding))
    assert h5pyd.check_string_dtype(dset.dtype).encoding == encoding
    assert h5pyd.check_string_dtype(dset.dtype).length is None
    assert list(dset.asstr()[...]) == texts


@pytest.mark.parametrize('text', TEXTS)
def test_scalar_strings(stored, text):
    assert stored(text).asstr()[()] == text


def test_variable_strings_in_two_dimensions(stored):
    values = np.array([['a', 'bb'], ['', 'dddd']], object)
    dset = stored(values, h5pyd.string_dtype())
    assert dset.shape == (2, 2) and dset.asstr()[...].tolist() == values.tolist()
    assert dset.asstr()[1, 1] == 'dddd' and dset.asstr()[0].tolist() == ['a', 'bb']


def test_unwritten_variable_strings_are_empty(written):
    def write(file):
        dset = file.create_dataset('d', (4,), h5pyd.string_dtype())
        dset[1] = 'only'
    assert [len(item) for item in written(write)['d'][...]] == [0, 4, 0, 0]


@pytest.mark.parametrize('dtype', ['S1', 'S5', 'S100'])
def test_fixed_strings(stored, dtype):
    values = np.array([b'', b'a', b'abcde', b'abcdefgh'], dtype)
    dset = stored(values)
    assert dset.dtype == np.dtype(dtype) and dset[...].tolist() == values.tolist()


def test_fixed_utf8_strings(stored):
    values = [text.encode() for text in ('ünï', '名', '')]
    dset = stored(np.array(values, 'S8'), h5pyd.string_dtype('utf-8', 8))
    assert dset[...].tolist() == values
    assert dset.asstr()[0] == 'ünï'


def test_booleans(stored):
    values = np.array([[True, False], [False, True]])
    dset = stored(values)
    assert dset.dtype == np.bool_ and np.array_equal(dset[...], values)


def test_enumerations(stored):
    dtype = h5pyd.enum_dtype({'RED': -3, 'GREEN': 1, 'BLUE': 42}, basetype='i1')
    dset = stored(np.array([42, -3, 1], 'i1'), dtype)
    assert h5pyd.check_enum_dtype(dset.dtype) == {'RED': -3, 'GREEN': 1, 'BLUE': 42}
    assert dset[...].tolist() == [42, -3, 1]


@pytest.mark.parametrize('dtype', ['c8', 'c16'])
def test_complex_numbers(stored, dtype):
    values = np.array([1 + 2j, -0.5j, 0], dtype)
    assert np.array_equal(stored(values)[...].view(dtype), values)


def test_special_floats(stored):
    values = np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324, 1.7976931348623157e308])
    found = stored(values)[...]
    assert np.array_equal(found, values, equal_nan=True)
    assert np.signbit(found[3])


def test_half_floats(stored):
    values = np.array([1.5, 65504, 6e-8, -2], 'f2')
    assert np.array_equal(stored(values)[...], values)


COMPOUNDS = [
    [('a', '<i4'), ('b', '<f8')], [('a', '>i4'), ('b', '>f8'), ('c', '>u2')],
    [('tag', 'S7'), ('x', 'f4', (3,)), ('flag', '?')],
    [('in', [('p', 'i1'), ('q', 'f8')]), ('r', 'u8')],
    [('grid', 'i2', (2, 3))], [('with blank', 'i4'), ('UPPER', 'i4')]]


@pytest.mark.parametrize('dtype', COMPOUNDS, ids=str)
def test_compounds(stored, dtype):
    values = np.zeros(5, dtype)
    raw = np.arange(values.nbytes, dtype='u1') % 2
    values = np.frombuffer(raw.tobytes(), values.dtype)
    dset = stored(values)
    assert dset.dtype == np.dtype(dtype)
    assert dset[...].tobytes() == values.tobytes()
    assert dset[2].tobytes() == values[2].tobytes()


def test_compound_fields(stored):
    dtype = np.dtype([('a', 'i4'), ('b', 'f8'), ('c', 'S3')])
    values = np.array([(i, i / 2, b'x%d' % i) for i in range(10)], dtype)
    dset = stored(values)
    assert np.array_equal(dset['b'], values['b'])
    assert np.array_equal(dset.fields('b')[3:6], values['b'][3:6])
    found = dset.fields(['a', 'c'])[...]
    assert found['c'].tolist() == values['c'].tolist() and found['a'].tolist() == list(range(10))


def test_writing_one_compound_field(opened, settle):
    dtype = np.dtype([('a', 'i4'), ('b', 'f8')])
    with opened('w') as file:
        file.create_dataset('d', data=np.array([(i, i / 2) for i in range(6)], dtype))
        settle(file)
        file['d']['b'] = np.full(6, -1.0)
    with opened('r') as file:
        assert file['d']['a'].tolist() == list(range(6)) and file['d']['b'].tolist() == [-1.0] * 6


def test_writing_compound_rows(opened):
    dtype = np.dtype([('a', 'i4'), ('s', 'S4')])
    with opened('w') as file:
        dset = file.create_dataset('d', (4,), dtype)
        dset[1] = (7, b'one')
        dset[2:4] = np.array([(8, b'two'), (9, b'four')], dtype)
    with opened('r') as file:
        assert file['d'][...].tolist() == [(0, b''), (7, b'one'), (8, b'two'), (9, b'four')]


@pytest.mark.parametrize('base', ['i1', '<i4', '>i4', 'f8', 'u2'])
def test_sequences(written, base):
    items = [np.arange(n, dtype=base) for n in (3, 1, 50)]

    def write(file):
        dset = file.create_dataset('d', (3,), h5pyd.vlen_dtype(np.dtype(base)))
        for i, item in enumerate(items):
            dset[i] = item
    dset = written(write)['d']
    assert h5pyd.check_vlen_dtype(dset.dtype) == np.dtype(base)
    for found, item in zip(dset[...], items):
        assert found.tolist() == item.tolist()
    assert dset[2].tolist() == list(range(50))


def test_unwritten_and_empty_sequences(written):
    def write(file):
        dset = file.create_dataset('d', (4,), h5pyd.vlen_dtype(np.int32))
        dset[1] = np.array([5, 6], 'i4')
    found = written(write)['d'][...]
    assert [np.size(item) if isinstance(item, np.ndarray) else 0 for item in found] == [0, 2, 0, 0]


def test_compounds_with_variable_strings(stored):
    dtype = np.dtype([('id', 'i4'), ('name', h5pyd.string_dtype()), ('x', 'f8')])
    values = np.array([(1, 'ünï', 0.5), (-2, '', 1e300), (3, 'x' * 500, 0)], dtype)
    found = stored(values)[...]
    names = [name.decode() if isinstance(name, bytes) else name or '' for name in found['name']]
    assert names == ['ünï', '', 'x' * 500]
    assert found['id'].tolist() == [1, -2, 3] and found['x'].tolist() == [0.5, 1e300, 0]


def test_compounds_with_sequences(stored):
    dtype = np.dtype([('id', 'i4'), ('seq', h5pyd.vlen_dtype(np.int32))])
    values = np.empty(2, dtype)
    values['id'] = [1, 2]
    values['seq'] = as_objects([np.array([1, 2, 3], 'i4'), np.array([4], 'i4')])
    found = stored(values)[...]
    assert [item.tolist() for item in found['seq']] == [[1, 2, 3], [4]]
    assert found['id'].tolist() == [1, 2]


def test_opaque(stored):
    values = np.array([b'\x00\x01\xff', b'abc'], 'V3')
    dset = stored(values)
    assert dset.dtype.itemsize == 3 and dset[...].tobytes() == values.tobytes()


def test_object_references(opened):
    with opened('w') as file:
        group = file.create_group('g')
        target = file.create_dataset('t', data=np.arange(3))
        dtype = h5pyd.special_dtype(ref=h5pyd.Reference)
        dset = file.create_dataset('refs', (3,), dtype)
        dset[0] = group.ref
        dset[1] = target.ref
    with opened('r') as file:
        refs = file['refs']
        assert h5pyd.check_dtype(ref=refs.dtype) is h5pyd.Reference
        assert file[refs[0]].name == '/g'
        assert file[refs[1]][...].tolist() == [0, 1, 2]
        assert not refs[2]


def test_committed_types(written):
    dtypes = {'number': np.dtype('>f8'), 'row': np.dtype([('a', 'i4'), ('b', 'S3')]),
              'enum': h5pyd.enum_dtype({'NO': 0, 'YES': 1}, basetype='u2')}

    def write(file):
        for name, dtype in dtypes.items():
            file[name] = dtype
    file = written(write)
    for name, dtype in dtypes.items():
        assert isinstance(file[name], h5pyd.Datatype) and file[name].dtype == dtype


def test_a_wide_compound(stored):
    dtype = np.dtype([(f'field_{i:03}', 'f4') for i in range(200)])
    values = np.zeros(3, dtype)
    values['field_150'] = [1, 2, 3]
    assert stored(values)['field_150'].tolist() == [1, 2, 3]
