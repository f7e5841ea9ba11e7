"""Attributes: types, shapes, names, changing, listing."""

import h5pyd
import numpy as np
import pytest

NUMBERS = [f'{order}{kind}{size}' for kind, sizes in (('i', '1248'), ('u', '1248'), ('f', '248'))
           for size in sizes for order in '<>']
EXTREMES = [np.int64(-2**63), np.int64(2**63 - 1), np.uint64(2**64 - 1), np.int8(-128),
            np.float64(1.7976931348623157e308), np.float64(5e-324), np.float32(0.1),
            np.float64(-0.0), np.float16(65504)]
NAMES = ['plain', 'with blank', 'ünïcödé', '名前', 'a+b', '100%', 'x' * 200]
IN_BODIES_ONLY = ['#hash', 'q?x=1', 'a/b', '{braces}', 'a|b']  # the 0.24 client spoils them in URLs


@pytest.fixture
def read_back(written):
    """Stores one attribute, closes, and gives what a new reader sees."""
    def store_then_read(value, **options):
        def write(file):
            if options:
                file.attrs.create('a', value, **options)
            else:
                file.attrs['a'] = value
        return written(write).attrs['a']
    return store_then_read


@pytest.mark.parametrize('dtype', NUMBERS)
def test_numbers_of_every_type(read_back, dtype):
    value = np.array([0, 1, 100], dtype)
    found = read_back(value)
    assert found.dtype == np.dtype(dtype) and found.shape == (3,)
    assert (found == value).all()


@pytest.mark.parametrize('value', EXTREMES, ids=repr)
def test_extreme_scalars(read_back, value):
    found = read_back(value)
    assert found == value and found.dtype == value.dtype
    assert np.signbit(found) == np.signbit(value)


def test_python_scalars(written):
    values = {'i': 42, 'f': 1.5, 's': 'text', 'b': True, 'big': 2**40, 'n': -7}

    def write(file):
        for name, value in values.items():
            file.attrs[name] = value
    attrs = written(write).attrs
    assert {name: attrs[name] for name in values} == values
    assert attrs['b'].dtype == np.bool_ and isinstance(attrs['s'], str)


def test_nan_and_infinities(read_back):
    value = np.array([np.nan, np.inf, -np.inf, 1.0])
    assert np.array_equal(read_back(value), value, equal_nan=True)


@pytest.mark.parametrize('shape', [(), (1,), (4,), (2, 3), (1, 1, 2)])
def test_shapes(read_back, shape):
    value = np.arange(np.prod(shape, dtype=int), dtype='i4').reshape(shape)
    found = np.asarray(read_back(value))
    assert found.shape == shape and (found == value).all()


@pytest.mark.parametrize('text', [
    '', 'ascii', 'ünïcödé 名前 😀', 'line\nbreak\ttab', '"quotes\' \\ /'])
def test_text(read_back, text):
    assert read_back(text) == text


def test_lists_of_text(read_back):
    assert list(read_back(['one', '', 'drei', '四'])) == ['one', '', 'drei', '四']


def test_fixed_strings(read_back):
    found = read_back(np.array([b'one', b'', b'three'], 'S5'))
    assert found.dtype == np.dtype('S5') and list(found) == [b'one', b'', b'three']


def test_a_scalar_of_bytes(read_back):
    assert read_back(np.bytes_(b'fixed')) == b'fixed'


@pytest.mark.parametrize('length', [1, 8, 100])
def test_fixed_utf8(read_back, length):
    dtype = h5pyd.string_dtype('utf-8', length)
    assert read_back(np.array('a'.encode(), dtype), dtype=dtype) == b'a'


def test_empty(read_back):
    found = read_back(h5pyd.Empty('f4'))
    assert isinstance(found, h5pyd.Empty) and found.dtype == np.dtype('f4')


def test_booleans(read_back):
    found = read_back(np.array([True, False, True]))
    assert found.dtype == np.bool_ and list(found) == [True, False, True]


def test_enumerations(read_back):
    dtype = h5pyd.enum_dtype({'RED': 0, 'GREEN': 1, 'BLUE': 42}, basetype='i2')
    found = read_back(np.array([0, 42, 1], 'i2'), dtype=dtype)
    assert list(found) == [0, 42, 1]
    assert h5pyd.check_enum_dtype(found.dtype) == {'RED': 0, 'GREEN': 1, 'BLUE': 42}


def test_complex_numbers(read_back):
    value = np.array([1 + 2j, -0.5j], 'c16')
    found = read_back(value)
    if found.dtype.names:
        found = found['r'] + 1j * found['i']
    assert (found == value).all()


def test_compounds(read_back):
    dtype = np.dtype([('id', '<i4'), ('x', '<f8'), ('tag', 'S4')])
    value = np.array([(1, 2.5, b'ab'), (-1, np.inf, b'')], dtype)
    found = read_back(value)
    assert found.dtype == dtype and (found == value).all()


def test_nested_compounds_with_arrays(read_back):
    dtype = np.dtype([('inner', [('a', 'i2'), ('b', 'f4')]), ('v', 'i4', (3,))])
    value = np.zeros(2, dtype)
    value['inner']['a'] = [5, 6]
    value['v'] = [[1, 2, 3], [4, 5, 6]]
    found = read_back(value)
    assert (found['inner']['a'] == [5, 6]).all() and (found['v'] == value['v']).all()


def test_variable_length_sequences(read_back):
    dtype = h5pyd.vlen_dtype(np.int32)
    value = np.empty(3, object)
    value[:] = [np.array([1, 2], 'i4'), np.array([7], 'i4'), np.arange(5, dtype='i4')]
    found = read_back(value, dtype=dtype)
    assert [list(item) for item in found] == [[1, 2], [7], [0, 1, 2, 3, 4]]


@pytest.mark.client('1.0')
def test_array_type(read_back):
    """The 0.24 client spreads every element over an array of its own and names the base type."""
    dtype = np.dtype(('i4', (2, 2)))
    found = read_back(np.arange(4).reshape(2, 2), dtype=dtype)
    assert (np.asarray(found).reshape(2, 2) == [[0, 1], [2, 3]]).all()


def test_object_references(opened):
    with opened('w') as file:
        group = file.create_group('g')
        file.attrs['ref'] = group.ref
    with opened('r') as file:
        assert file[file.attrs['ref']].name == '/g'


def test_create_with_shape_and_dtype(read_back):
    found = read_back([1, 2, 3, 4], shape=(2, 2), dtype='f4')
    assert found.dtype == np.dtype('f4') and found.tolist() == [[1, 2], [3, 4]]


def test_create_with_a_wrong_shape_fails(opened):
    with opened('w') as file:
        with pytest.raises(ValueError):
            file.attrs.create('a', np.arange(5), shape=(2, 2))
        assert 'a' not in file.attrs


@pytest.mark.parametrize('name', NAMES + [
    pytest.param(name, marks=pytest.mark.client('1.0')) for name in IN_BODIES_ONLY])
def test_names(opened, name):
    with opened('w') as file:
        file.attrs[name] = 1
    with opened('r') as file:
        assert list(file.attrs) == [name] and file.attrs[name] == 1 and name in file.attrs


@pytest.mark.client('0.24')
@pytest.mark.parametrize('name', NAMES)
def test_deletion(opened, name):
    """The 1.0 client does not send deletions of attributes that an earlier session made."""
    with opened('w') as file:
        file.attrs[name] = 1
        file.attrs['kept'] = 2
    with opened('a') as file:
        del file.attrs[name]
        assert name not in file.attrs
    with opened('r') as file:
        assert list(file.attrs) == ['kept']


def test_deletion_in_the_same_session(opened):
    with opened('w') as file:
        file.attrs['a'] = 1
        file.attrs['b'] = 2
        del file.attrs['a']
    with opened('r') as file:
        assert list(file.attrs) == ['b']


def test_listing_is_in_name_order(written):
    def write(file):
        for i, name in enumerate(('c', 'a', 'b')):
            file.attrs[name] = i
    attrs = written(write).attrs
    assert list(attrs) == ['a', 'b', 'c'] == list(attrs.keys()) and len(attrs) == 3
    assert list(attrs.values()) == [1, 2, 0]
    assert dict(attrs.items()) == {'a': 1, 'b': 2, 'c': 0}


@pytest.mark.parametrize('kind', ['group', 'dataset'])
def test_creation_order(written, kind):
    names = ['z', 'a', 'm']

    def write(file):
        if kind == 'group':
            obj = file.create_group('x', track_order=True)
        else:
            obj = file.create_dataset('x', data=1, track_order=True)
        for name in names:
            obj.attrs[name] = name
    attrs = written(write)['x'].attrs
    assert list(attrs) == names


def test_on_datasets_groups_and_types(written):
    def write(file):
        file.create_group('g')
        file['d'] = np.arange(3)
        file['t'] = np.dtype('f4')
        for name in ('g', 'd', 't'):
            file[name].attrs['where'] = name
    file = written(write)
    assert [file[name].attrs['where'] for name in ('g', 'd', 't')] == ['g', 'd', 't']


def test_missing_attributes(opened):
    with opened('w') as file:
        with pytest.raises(KeyError):
            file.attrs['missing']
        assert file.attrs.get('missing') is None and file.attrs.get('missing', 5) == 5
        assert 'missing' not in file.attrs


def test_replacing_in_the_same_session(opened):
    with opened('w') as file:
        file.attrs['a'] = 1
        file.attrs['a'] = 'now a text'
    with opened('r') as file:
        assert file.attrs['a'] == 'now a text'


@pytest.mark.hsds_fault('409 for the newer attribute', client='1.0')
def test_replacing_in_a_later_session(opened):
    with opened('w') as file:
        file.attrs['a'] = 1
        file.attrs['b'] = 'kept'
    with opened('a') as file:
        file.attrs['a'] = [1.5, 2.5]
    with opened('r') as file:
        assert list(file.attrs['a']) == [1.5, 2.5] and file.attrs['b'] == 'kept'


@pytest.mark.client('1.0')
def test_modify_keeps_the_type(opened):
    with opened('w') as file:
        file.attrs.create('a', np.arange(3), dtype='i2')
        file.attrs.modify('a', np.array([7, 8, 9]))
    with opened('r') as file:
        assert list(file.attrs['a']) == [7, 8, 9]


def test_pop_update_and_clear(opened):
    with opened('w') as file:
        file.attrs.update({'a': 1, 'b': 2, 'c': 3})
        assert file.attrs.pop('a') == 1 and file.attrs.setdefault('b', 9) == 2
        assert set(file.attrs) == {'b', 'c'}
        file.attrs.clear()
    with opened('r') as file:
        assert len(file.attrs) == 0


def test_many_attributes_keep_what_is_already_there(opened):
    with opened('w') as file:
        for i in range(150):
            file.attrs[f'a{i:03}'] = i
    with opened('a') as file:
        file.attrs['later'] = 'added'
    with opened('r') as file:
        assert len(file.attrs) == 151
        assert file.attrs['a149'] == 149 and file.attrs['later'] == 'added'


def test_a_large_attribute(read_back):
    value = np.arange(20000, dtype='i8')
    assert (read_back(value) == value).all()
