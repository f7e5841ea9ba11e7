"""Making, describing, resizing and removing datasets."""

import h5pyd
import numpy as np
import pytest

NUMBERS = [f'{order}{kind}{size}' for kind, sizes in (('i', '1248'), ('u', '1248'), ('f', '248'))
           for size in sizes for order in '<>']


def limits(dtype):
    """The least and the greatest value of a number type, and zero."""
    info = np.finfo(dtype) if np.dtype(dtype).kind == 'f' else np.iinfo(dtype)
    return np.array([info.min, 0, info.max], dtype)


@pytest.mark.parametrize('dtype', NUMBERS)
def test_numbers_of_every_type_to_their_limits(written, dtype):
    values = limits(dtype)
    dset = written(lambda file: file.create_dataset('d', data=values))['d']
    assert dset.dtype == np.dtype(dtype)
    assert (dset[...] == values).all()


@pytest.mark.parametrize('shape', [
    (), (1,), (7,), (2, 3), (4, 1, 5), (2, 2, 2, 2), (1, 1, 1, 1, 1)])
def test_shapes(written, shape):
    values = np.arange(np.prod(shape, dtype=int), dtype='f8').reshape(shape)
    dset = written(lambda file: file.create_dataset('d', data=values))['d']
    assert dset.shape == shape and dset.ndim == len(shape) and dset.size == values.size
    assert dset.nbytes == values.nbytes
    assert np.array_equal(dset[()], values)


@pytest.mark.parametrize('shape', [(0,), (0, 5), (5, 0), (2, 0, 3)])
def test_zero_extents(written, shape):
    dset = written(lambda file: file.create_dataset('d', shape, 'i4'))['d']
    assert dset.shape == shape and dset.size == 0
    assert dset[...].shape == shape


def test_a_number_as_shape(written):
    assert written(lambda file: file.create_dataset('d', 5, 'i4'))['d'].shape == (5,)


def test_the_default_type_is_float32(written):
    assert written(lambda file: file.create_dataset('d', (2,)))['d'].dtype == np.dtype('<f4')


def test_data_with_shape_and_dtype(written):
    def write(file):
        file.create_dataset('d', (2, 3), 'i2', data=np.arange(6.0))
    dset = written(write)['d']
    assert dset.dtype == np.dtype('i2') and dset[...].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_unwritten_elements_are_zero(written):
    dset = written(lambda file: file.create_dataset('d', (3, 4), 'i8'))['d']
    assert not dset[...].any()


@pytest.mark.hsds_fault('the dataset becomes a scalar', client='1.0')
def test_null_space(written):
    dset = written(lambda file: file.create_dataset('d', data=h5pyd.Empty('f4')))['d']
    assert dset.shape is None and isinstance(dset[()], h5pyd.Empty)


def test_contradictions_are_refused(opened):
    with opened('w') as file:
        with pytest.raises((TypeError, ValueError)):
            file.create_dataset('d')
        with pytest.raises((TypeError, ValueError)):
            file.create_dataset('d', (3,), data=np.arange(4))
        with pytest.raises((TypeError, ValueError, OSError)):
            file.create_dataset('d', (10,), maxshape=(5,))
        with pytest.raises((TypeError, ValueError)):
            file.create_dataset('d', (10,), chunks=(20,))
        assert 'd' not in file


def test_a_taken_name_is_refused(opened, settle):
    with opened('w') as file:
        file['d'] = 1
        settle(file)
        with pytest.raises((ValueError, RuntimeError, OSError)):
            file.create_dataset('d', (2,))


@pytest.mark.parametrize('maxshape', [(None,), (100,), (10,)])
def test_one_maximum_extent(written, maxshape):
    dset = written(lambda file: file.create_dataset('d', (10,), 'i4', maxshape=maxshape))['d']
    assert dset.maxshape == maxshape and dset.chunks


@pytest.mark.parametrize('maxshape', [(None, 5), (8, None), (None, None), (4, 5)])
def test_maximum_extents(written, maxshape):
    dset = written(lambda file: file.create_dataset('d', (4, 5), 'i4', maxshape=maxshape))['d']
    assert dset.maxshape == maxshape and dset.shape == (4, 5)


def test_growing_and_shrinking(opened):
    with opened('w') as file:
        dset = file.create_dataset('d', (4, 3), 'i4', maxshape=(None, 6), fillvalue=-1)
        dset[...] = np.arange(12).reshape(4, 3)
        dset.resize((6, 5))
        assert dset.shape == (6, 5) and dset.len() == len(dset) == 6
    with opened('r+') as file:
        dset = file['d']
        assert dset.shape == (6, 5)
        assert dset[3].tolist() == [9, 10, 11, -1, -1] and dset[5].tolist() == [-1] * 5
        dset.resize(2, axis=0)
    with opened('r') as file:
        assert file['d'].shape == (2, 5)
        assert file['d'][1].tolist() == [3, 4, 5, -1, -1]


def test_what_a_shrink_cut_off_is_gone(opened):
    with opened('w') as file:
        file.create_dataset('d', data=np.arange(1, 11), maxshape=(None,))
    with opened('r+') as file:
        file['d'].resize((4,))
    with opened('r+') as file:
        file['d'].resize((8,))
    with opened('r') as file:
        assert file['d'][...].tolist() == [1, 2, 3, 4, 0, 0, 0, 0]


def test_resizing_beyond_the_maximum_fails(opened, settle):
    with opened('w') as file:
        file.create_dataset('d', (4,), 'i4', maxshape=(6,))
        settle(file)
        with pytest.raises((OSError, ValueError, RuntimeError)):
            file['d'].resize((7,))
            settle(file)


def test_resizing_a_fixed_dataset_fails(opened, settle):
    with opened('w') as file:
        file.create_dataset('d', (4,), 'i4')
        with pytest.raises((TypeError, OSError, ValueError)):
            file['d'].resize((5,))
            settle(file)


@pytest.mark.parametrize('fillvalue, dtype', [
    (42, 'i4'), (-1.5, 'f8'), (np.inf, 'f4'), (2**64 - 1, 'u8'), (b'abc', 'S5'), (True, '?')])
def test_fill_values(opened, fillvalue, dtype):
    with opened('w') as file:
        dset = file.create_dataset('d', (6,), dtype, fillvalue=fillvalue)
        dset[2:4] = np.zeros(2, dtype)
    with opened('r') as file:
        expected = np.full(6, fillvalue, dtype)
        expected[2:4] = np.zeros(2, dtype)
        assert file['d'].fillvalue == fillvalue
        assert (file['d'][...] == expected).all()


def test_a_nan_fill_value(written):
    dset = written(lambda file: file.create_dataset('d', (3,), 'f4', fillvalue=np.nan))['d']
    assert np.isnan(dset[...]).all() and np.isnan(dset.fillvalue)


def test_a_compound_fill_value(written):
    dtype = np.dtype([('a', 'i4'), ('s', 'S4')])
    fill = np.array((-999, b'none'), dtype)

    def write(file):
        file.create_dataset('d', (4,), dtype, fillvalue=fill)
    dset = written(write)['d']
    assert dset[1]['a'] == -999 and dset[2]['s'] == b'none'


@pytest.mark.parametrize('options', [
    {'compression': 'gzip'}, {'compression': 'gzip', 'compression_opts': 9}, {'compression': 3},
    {'compression': 'lz4'}, {'compression': 'lz4hc'}, {'compression': 'blosclz'},
    # the 1.0 client does not know zstd
    pytest.param({'compression': 'zstd'}, marks=pytest.mark.client('0.24')), {'shuffle': True, 'compression': 'gzip'}, {'fletcher32': True},
    {'shuffle': True, 'fletcher32': True, 'compression': 'gzip'}, {'shuffle': True}], ids=str)
def test_filters_keep_the_data(opened, options):
    values = np.arange(3000, dtype='i4').reshape(60, 50)
    with opened('w') as file:
        file.create_dataset('d', data=values, chunks=(30, 50), **options)
    with opened('r') as file:
        dset = file['d']
        assert np.array_equal(dset[...], values)
        assert bool(dset.shuffle) == options.get('shuffle', False)
        if h5pyd.__version__.startswith('1.0'):  # the 0.24 client always says False
            assert dset.fletcher32 == options.get('fletcher32', False)
        wanted = options.get('compression')
        assert dset.compression == ('gzip' if wanted == 3 else wanted)
        if options.get('compression_opts'):
            assert dset.compression_opts == options['compression_opts']


@pytest.mark.parametrize('dtype, digits', [('i4', 4), ('f4', 2)])
def test_scale_offset_is_kept_and_lossless(written, dtype, digits):
    values = np.arange(200, dtype=dtype)

    def write(file):
        file.create_dataset('d', data=values, chunks=(100,), scaleoffset=digits)
    dset = written(write)['d']
    assert dset.scaleoffset == digits and np.array_equal(dset[...], values)


def test_an_unknown_compression_is_refused(opened):
    with opened('w') as file:
        with pytest.raises((ValueError, KeyError, OSError)):
            file.create_dataset('d', (100,), compression='nonsense')


@pytest.mark.parametrize('chunks', [True, (1000, 100)])
def test_chunks(written, chunks):
    dset = written(lambda file: file.create_dataset('d', (4000, 400), 'f8', chunks=chunks))['d']
    assert len(dset.chunks) == 2 and all(c <= n for c, n in zip(dset.chunks, dset.shape))
    count = np.prod([-(-n // c) for n, c in zip(dset.shape, dset.chunks)])
    assert len(list(dset.iter_chunks())) == count


@pytest.mark.client('1.0')
def test_chunks_stay_as_given(written):
    dset = written(lambda file: file.create_dataset('d', (50, 70), 'f8', chunks=(5, 7)))['d']
    assert dset.chunks == (5, 7)


def test_create_dataset_like(opened):
    with opened('w') as file:
        options = {'maxshape': (None,), 'chunks': (5,), 'compression': 'gzip'}
        first = file.create_dataset('a', (10,), 'i2', **options)
        file.create_dataset_like('b', first)
    with opened('r') as file:
        assert file['b'].shape == (10,) and file['b'].dtype == np.dtype('i2')
        assert file['b'].maxshape == (None,) and file['b'].compression == 'gzip'


def test_require_dataset(opened):
    with opened('w') as file:
        first = file.require_dataset('d', (3,), 'i4')
        assert file.require_dataset('d', (3,), 'i4').id.id == first.id.id
        with pytest.raises(TypeError):
            file.require_dataset('d', (4,), 'i4')
        with pytest.raises(TypeError):
            file.require_dataset('d', (3,), 'f8', exact=True)


def test_assigning_makes_datasets(written):
    def write(file):
        file['number'] = 42
        file['array'] = np.arange(5)
        file['list'] = [1.5, 2.5]
        file['text'] = 'a text'
    file = written(write)
    assert file['number'][()] == 42 and file['list'][...].tolist() == [1.5, 2.5]
    assert file['array'].shape == (5,)
    assert file['text'].asstr()[()] == 'a text'


def test_anonymous_datasets(opened, settle):
    with opened('w') as file:
        dset = file.create_dataset(None, (5,), 'i4')
        dset[...] = 7
        identity = dset.id.uuid
        settle(file)
    with opened('r') as file:
        assert len(file) == 0
        assert file[f'datasets/{identity}'][...].tolist() == [7] * 5
    with opened('a') as file:
        del file[f'datasets/{identity}']
    with opened('r') as file:
        with pytest.raises((OSError, KeyError)):
            file[f'datasets/{identity}']


def test_intermediate_groups_and_names(written):
    file = written(lambda file: file.create_dataset('a/b/d', data=1))
    assert file['a/b/d'].name == '/a/b/d' and file['a/b/d'].parent.name == '/a/b'


def test_length_and_truth(opened):
    with opened('w') as file:
        dset = file.create_dataset('d', (0,), 'i4')
        assert len(dset) == 0 and dset
        with pytest.raises(TypeError):
            len(file.create_dataset('s', (), 'i4'))


@pytest.mark.client('0.24')  # the 1.0 client does not send initialisers
@pytest.mark.parametrize('options', [['arange', '--start=5', '--step=2'], 'arange'], ids=str)
def test_initialisers(opened, options):
    with opened('w') as file:
        more = {'initializer_opts': options[1:]} if isinstance(options, list) else {}
        file.create_dataset('d', (50,), 'i8', initializer='arange', **more)
    with opened('r') as file:
        start, step = (5, 2) if more else (0, 1)
        assert file['d'][...].tolist() == [start + step * i for i in range(50)]


def test_a_dataset_of_many_chunks(written):
    values = np.arange(2_000_000, dtype='i4').reshape(2000, 1000)
    dset = written(lambda file: file.create_dataset('d', data=values, chunks=(500, 500)))['d']
    assert np.array_equal(dset[...], values)
    assert np.array_equal(dset[490:1510:7, 495:505], values[490:1510:7, 495:505])
