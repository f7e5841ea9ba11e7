"""Files: modes, properties, flushing, the server's description."""

import time

import h5pyd
import numpy as np
import pytest


@pytest.mark.client('0.24')
def test_server_info(account):
    """The 1.0 client takes no arguments here; hsinfo in test_tools.py covers it."""
    info = h5pyd.getServerInfo(**account)
    assert {'name', 'greeting', 'about', 'node_count', 'isadmin'} <= set(info)
    assert info['node_count'] >= 1
    assert info['username'] == account['username'] and info['isadmin'] is False


def test_a_new_file_is_empty_and_described(opened, domain, service):
    with opened('w') as file:
        assert file.mode == 'r+'
        assert file.filename == domain
        assert file.name == '/' and len(file) == 0 and list(file.attrs) == []
        assert file.owner == service.user
        assert file.parent == file
        assert file.id.id.startswith('g-')
        assert set(file.limits) == {'min_chunk_size', 'max_chunk_size', 'max_request_size'}
        assert {'gzip', 'lz4', 'lz4hc', 'blosclz', 'zstd'} <= set(file.compressors)
        assert len(file.serverver.split('.')) == 3


def test_created_and_modified_are_times_of_now(opened):
    with opened('w') as file:
        assert abs(file.created - time.time()) < 30
        assert file.modified >= file.created


def test_w_truncates(opened):
    with opened('w') as file:
        file.create_group('old')
        first = file.id.id
    with opened('w') as file:
        assert len(file) == 0 and file.id.id != first


def test_x_fails_on_an_existing_file(opened):
    with opened('x') as file:
        file.create_group('g')
    with pytest.raises(OSError):
        opened('x')
    with opened('r') as file:
        assert list(file) == ['g']


def test_w_minus_fails_on_an_existing_file(opened):
    opened('w').close()
    with pytest.raises(OSError):
        opened('w-')


def test_a_creates_then_keeps(opened):
    with opened('a') as file:
        file.create_group('one')
    with opened('a') as file:
        file.create_group('two')
        assert set(file) == {'one', 'two'}
    with opened('r') as file:
        assert set(file) == {'one', 'two'}


def test_r_plus_changes_an_existing_file(opened):
    with opened('w') as file:
        file['d'] = np.arange(5)
    with opened('r+') as file:
        file['d'][2] = 42
    with opened('r') as file:
        assert list(file['d'][...]) == [0, 1, 42, 3, 4]


def test_r_refuses_a_missing_file(opened):
    with pytest.raises(OSError) as error:
        opened('r')
    assert error.value.errno in (404, 410, None)


def test_r_refuses_to_write(opened):
    with opened('w') as file:
        file['d'] = 1
    with opened('r') as file:
        assert file.mode == 'r'
        with pytest.raises((OSError, ValueError)):
            file.create_group('g')
        with pytest.raises((OSError, ValueError)):
            file.attrs['a'] = 1


def test_default_mode_is_reading(opened, domain, account):
    opened('w').close()
    with h5pyd.File(domain, **account) as file:
        assert file.mode == 'r'


def test_a_wrong_mode_is_refused(opened):
    with pytest.raises(ValueError):
        opened('z')


def test_a_folder_is_no_file(opened, folder):
    with pytest.raises(OSError):
        opened('r', folder.rstrip('/'))


def test_flush_makes_changes_visible_to_another_reader(opened):
    with opened('w') as file:
        file['d'] = np.arange(10)
        file.attrs['a'] = 'flushed'
        file.flush()
        with opened('r') as reader:
            assert reader.attrs['a'] == 'flushed'
            assert reader['d'][7] == 7


def test_close_and_truth(opened):
    file = opened('w')
    assert file and file.id
    file.close()
    assert not file.id
    assert 'Closed' in repr(file)


def test_is_hdf5(opened, domain, folder, account):
    assert not h5pyd.is_hdf5(domain, **account)
    opened('w').close()
    assert h5pyd.is_hdf5(domain, **account)
    assert not h5pyd.is_hdf5(folder.rstrip('/'), **account)


@pytest.mark.parametrize('prefix', ['hdf5:/', 'endpoint'])
def test_other_spellings_of_the_path(opened, domain, account, prefix):
    opened('w').close()
    options = dict(account)
    path = 'hdf5:/' + domain
    if prefix == 'endpoint':
        path = options.pop('endpoint') + domain
    with h5pyd.File(path, 'r', **options) as file:
        assert file.name == '/'


@pytest.mark.parametrize('path', ['relative.h5', ''])
def test_bad_paths_are_refused(opened, path):
    with pytest.raises((OSError, ValueError)):
        opened('w', path)


def test_wrong_passwords_are_refused(opened):
    opened('w').close()
    with pytest.raises(OSError) as error:
        opened('r', password='wrong')
    assert error.value.errno in (401, None)


def test_track_order_of_the_root(opened):
    names = ['z', 'a', 'm', 'b']
    with opened('w', track_order=True) as file:
        for name in names:
            file.create_group(name)
    with opened('r') as file:
        assert list(file) == names


def test_statistics_are_numbers(opened):
    with opened('w') as file:
        file['d'] = np.arange(100)
    with opened('r') as file:
        for name in ('num_objects', 'num_groups', 'num_datasets', 'num_datatypes', 'num_chunks',
                     'num_linked_chunks', 'allocated_bytes', 'metadata_bytes', 'linked_bytes',
                     'total_size'):
            assert getattr(file, name) >= 0
        assert isinstance(file.md5_sum, str) or file.md5_sum is None


def test_deleting_and_making_again_gives_another_root(opened, domain, folder, account):
    with opened('w') as file:
        root = file.id.id
    with h5pyd.Folder(folder, mode='r+', **account) as parent:
        del parent[domain.split('/')[-1]]
    with pytest.raises(OSError):
        opened('r')
    with opened('w') as file:
        assert file.id.id != root


def test_unicode_and_blanks_in_domain_names(opened, folder):
    path = f'{folder}Dômaine mit Blank 名.h5'
    with opened('w', path) as file:
        file.attrs['a'] = 1
    with opened('r', path) as file:
        assert file.attrs['a'] == 1 and file.filename == path
