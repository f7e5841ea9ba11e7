"""Members that the other tests have no use for: representations, constants, small helpers."""

import h5pyd
import numpy as np
import pytest


@pytest.fixture
def file(opened):
    """A new file with one dataset and one committed type."""
    made = opened('w')
    made['d'] = np.arange(6.0).reshape(2, 3)
    made['t'] = np.dtype('i4')
    return made


def test_representations_name_the_kind(file, folder, account):
    file['d'].dims[0].label = 'x'
    for item in (file, file['/'], file['d'], file['t'], file.attrs, file['d'].dims,
                 file['d'].dims[0], h5pyd.Folder(folder, **account)):
        assert isinstance(repr(item), str) and repr(item)


def test_constants_of_a_file(file):
    assert isinstance(file.driver, str)
    assert file.userblock_size == 0
    assert file.libver is not None
    assert file.fid is not None


@pytest.mark.client('0.24')
def test_attributes_in_reverse(file):
    for name in 'abc':
        file.attrs[name] = 1
    assert sorted(reversed(file.attrs)) == ['a', 'b', 'c']


def test_the_shape_can_be_set(opened):
    made = opened('w').create_dataset('d', shape=(2,), maxshape=(10,), dtype='i4')
    made.shape = (5,)
    assert made.shape == (5,)


def test_to_tuple(file):
    assert file['d'].toTuple([[1, 2], [3]]) == ((1, 2), (3,))


def test_times_and_certificates(file):
    assert file['d'].modified is not None
    assert file.verifyCert() in (True, False)


def test_refresh(file, settle):
    settle(file)
    file['d'].refresh()
    file['/'].refresh()
    assert file['d'].shape == (2, 3)


def test_region_references_exist(file):
    assert file['d'].regionref is not None


def test_folders_have_parents_acls_and_an_end(folder, account):
    one = h5pyd.Folder(folder, **account)
    assert str(one.parent).strip('/') == folder.strip('/').rsplit('/', 1)[0]
    assert [acl['userName'] for acl in one.getACLs()]
    one.close()


@pytest.mark.client('0.24')
def test_what_only_the_0_24_client_has(file):
    file['d'].flush()
    assert file['d'].value.shape == (2, 3)
    assert file.swmr_mode is False


@pytest.mark.client('1.0')
def test_what_only_the_1_0_client_has(file, settle, opened):
    file['s'] = np.arange(3.0)
    file['s'].make_scale('s')
    assert file['s'].is_scale and not file['d'].is_scale
    settle(file)
    file.close()
    found = opened('r')
    assert found['d'].num_chunks >= 0 and found['d'].allocated_size >= 0
    found['t'].refresh()
    assert found['t'].dtype == np.dtype('i4')
    assert found.last_scan is None or found.last_scan > 0
    assert found['d'].points[[(1, 2), (0, 1)]].tolist() == [5, 1]
