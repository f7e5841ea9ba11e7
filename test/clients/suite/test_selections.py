"""Reading and writing parts of datasets, against numpy as the model."""

import numpy as np
import pytest

MODEL = np.arange(10 * 12, dtype='i4').reshape(10, 12)
CUBE = np.arange(4 * 5 * 6, dtype='f8').reshape(4, 5, 6)
S = np.s_

PLAIN = [
    S[...], S[:], S[()], S[3], S[-1], S[3, 4], S[-1, -1], S[2:5], S[2:5, 3:7], S[:, 4], S[4, :],
    S[..., 2], S[1, ...], S[::2], S[::3, 1::4], S[1:9:4, 2:11:5], S[0:1, 0:1], S[9:, 11:], S[:5],
    S[-3:], S[:-2, -4:-1], S[5:5], S[3:100], S[:, :], S[0:10:20]]
FANCY = [
    S[[1, 4, 9], :], S[[0, 2], :], S[:, [1, 3, 11]], S[2:5, [0, 5]], S[[0, 9], 3], S[3, [0, 1, 2]],
    S[[5], :], S[[1, 2, 3], 2:8:3]]
ELEMENT_COUNT = pytest.mark.hsds_fault('element_count with steps or one element', client='0.24')


def one_or_stepped(where):
    """Whether HSDS 0.9 fails to spread one value over this selection."""
    parts = where if isinstance(where, tuple) else (where,)
    stepped = any(isinstance(part, slice) and part.step for part in parts)
    return stepped or MODEL[where].shape == (1, 1)


@pytest.fixture(scope='module')
def reader(folder, account):
    """A file with the model arrays, open for reading."""
    import h5pyd
    path = f'{folder}selections-{h5pyd.__version__}.h5'
    with h5pyd.File(path, 'w', **account) as file:
        file['plane'] = MODEL
        file['cube'] = CUBE
        file['line'] = np.arange(100)
        file.create_dataset('chunked', data=MODEL, chunks=(3, 5), maxshape=(None, None))
    with h5pyd.File(path, 'r', **account) as file:
        yield file


@pytest.mark.parametrize('where', PLAIN + FANCY, ids=str)
@pytest.mark.parametrize('name', ['plane', 'chunked'])
def test_reading(reader, name, where):
    found, expected = reader[name][where], MODEL[where]
    assert np.shape(found) == np.shape(expected)
    assert np.array_equal(found, expected)


@pytest.mark.parametrize('where', [
    S[1], S[1, 2], S[1, 2, 3], S[..., 0], S[:, 1:4, ::2], S[1:3, :, 5], S[:, [0, 3], :],
    S[0, [1, 2], 1:4], S[::2, ::2, ::2]], ids=str)
def test_reading_three_dimensions(reader, where):
    assert np.array_equal(reader['cube'][where], CUBE[where])


def test_boolean_masks(reader):
    mask = MODEL % 7 == 0
    assert np.array_equal(reader['plane'][mask], MODEL[mask])
    line = np.arange(100) % 9 == 4
    assert np.array_equal(reader['line'][line], np.arange(100)[line])


def test_a_long_coordinate_list(reader):
    where = list(range(1, 100, 2))
    assert np.array_equal(reader['line'][where], where)


def test_an_empty_mask(reader):
    assert len(reader['line'][np.zeros(100, bool)]) == 0


@pytest.mark.parametrize('where', [S[10], S[-11], S[0, 12], S[0, 0, 0], S['text']], ids=str)
def test_bad_selections_are_refused(reader, where):
    with pytest.raises((ValueError, IndexError, TypeError, OSError)):
        reader['plane'][where]


def test_iteration(reader):
    assert [row.tolist() for row in reader['plane']] == MODEL.tolist()


def test_conversion_to_numpy(reader):
    assert np.array_equal(np.array(reader['plane']), MODEL)
    assert np.asarray(reader['plane'], dtype='f8').dtype == np.dtype('f8')


def test_read_direct(reader):
    target = np.full((10, 12), -1, 'i4')
    reader['plane'].read_direct(target, S[2:4, 3:6], S[0:2, 0:3])
    assert np.array_equal(target[0:2, 0:3], MODEL[2:4, 3:6]) and (target[2:] == -1).all()


def test_chunk_iteration_covers_everything(reader):
    dset = reader['chunked']
    seen = np.zeros(dset.shape, int)
    for where in dset.iter_chunks():
        seen[where] += 1
        assert np.array_equal(dset[where], MODEL[where])
    assert (seen == 1).all()


@pytest.mark.parametrize('where', [w for w in PLAIN if MODEL[w].size], ids=str)
def test_writing_arrays(opened, where, settle):
    model = MODEL.copy()
    values = -np.arange(1, model[where].size + 1, dtype='i4').reshape(model[where].shape)
    model[where] = values
    with opened('w') as file:
        file['d'] = MODEL
        settle(file)
        file['d'][where] = values
    with opened('r') as file:
        assert np.array_equal(file['d'][...], model)


@pytest.mark.parametrize('where', [
    pytest.param(where, marks=ELEMENT_COUNT if one_or_stepped(where) else ())
    for where in PLAIN if MODEL[where].size], ids=str)
def test_writing_one_value_everywhere(opened, where, settle):
    model = MODEL.copy()
    model[where] = -5
    with opened('w') as file:
        file.create_dataset('d', data=MODEL, chunks=(4, 12))
        settle(file)
        file['d'][where] = -5
    with opened('r') as file:
        assert np.array_equal(file['d'][...], model)


@pytest.mark.parametrize('where', [
    S[[1, 4, 9], :], S[[0, 2], :], S[:, [1, 3, 11]], S[2:5, [0, 5]]], ids=str)
def test_writing_coordinate_lists(opened, where, settle):
    model = MODEL.copy()
    values = -np.arange(1, model[where].size + 1, dtype='i4').reshape(model[where].shape)
    model[where] = values
    with opened('w') as file:
        file['d'] = MODEL
        settle(file)
        file['d'][where] = values
    with opened('r') as file:
        assert np.array_equal(file['d'][...], model)


@pytest.mark.client('1.0')
def test_writing_a_mask(opened, settle):
    mask = MODEL % 11 == 3
    model = MODEL.copy()
    model[mask] = -np.arange(1, mask.sum() + 1)
    with opened('w') as file:
        file['d'] = MODEL
        settle(file)
        file['d'][mask] = -np.arange(1, mask.sum() + 1, dtype='i4')
    with opened('r') as file:
        assert np.array_equal(file['d'][...], model)


def test_many_writes_in_one_session(opened):
    rng = np.random.default_rng(7)
    model = np.zeros((20, 30), 'f4')
    with opened('w') as file:
        dset = file.create_dataset('d', model.shape, 'f4', chunks=(7, 11), maxshape=(None, 30))
        for i in range(25):
            a, b = sorted(rng.integers(0, 21, 2)), sorted(rng.integers(0, 31, 2))
            if a[0] == a[1] or b[0] == b[1]:
                continue
            where = (slice(*map(int, a)), slice(*map(int, b)))
            values = rng.random(model[where].shape, 'f4')
            model[where] = values
            dset[where] = values
            if i % 8 == 0:
                assert np.array_equal(dset[...], model)
    with opened('r') as file:
        assert np.array_equal(file['d'][...], model)


def test_write_direct(opened):
    source = np.arange(20, dtype='i4')
    with opened('w') as file:
        dset = file.create_dataset('d', (10,), 'i4')
        dset.write_direct(source, S[5:8], S[1:4])
    with opened('r') as file:
        assert file['d'][...].tolist() == [0, 5, 6, 7, 0, 0, 0, 0, 0, 0]


@pytest.mark.hsds_fault('excess bytes are ignored', client='0.24')
def test_writing_the_wrong_number_of_values_fails(opened, settle):
    with opened('w') as file:
        dset = file.create_dataset('d', (10,), 'i4')
        with pytest.raises((TypeError, ValueError, OSError)):
            dset[2:5] = np.arange(4)
            settle(file)


def test_scalars(opened):
    with opened('w') as file:
        file.create_dataset('s', (), 'f8')
        file['s'][()] = 2.5
    with opened('r') as file:
        assert file['s'][()] == 2.5 and file['s'][...].shape == ()
        with pytest.raises((ValueError, IndexError, TypeError, OSError)):
            file['s'][0]
