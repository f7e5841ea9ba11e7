"""Folders and access rights."""

import h5pyd
import numpy as np
import pytest

FLAGS = ('create', 'read', 'update', 'delete', 'readACL', 'updateACL')


@pytest.fixture
def made(domain, account, opened):
    """A folder of this test's own with three files in it; its path ends with a slash."""
    path = domain + '-dir/'
    with h5pyd.Folder(path, mode='w', **account):
        pass
    for i, name in enumerate(('c.h5', 'a.h5', 'b.h5')):
        with opened('w', path + name) as file:
            file.attrs['number'] = i
    return path


def test_a_new_folder_is_empty(domain, account, service):
    with h5pyd.Folder(domain + '-dir/', mode='x', **account) as folder:
        assert len(folder) == 0 and list(folder) == []
        assert folder.is_folder
        assert folder.owner == service.user
        assert folder.domain == domain + '-dir/'
        assert folder.modified >= folder.created > 0


def test_listing_is_in_name_order(made, account):
    with h5pyd.Folder(made, **account) as folder:
        assert list(folder) == ['a.h5', 'b.h5', 'c.h5']
        assert len(folder) == 3
        assert 'b.h5' in folder and 'x.h5' not in folder


def test_items_describe_domains(made, account, service):
    with h5pyd.Folder(made, **account) as folder:
        item = folder['a.h5']
        assert item['name'] == made + 'a.h5'
        assert item['class'] == 'domain'
        assert item['owner'] == service.user
        assert item['lastModified'] >= item['created']
        assert item['root'].startswith('g-')
        assert 'total_size' not in item


def test_verbose_items_have_sizes(made, account):
    with h5pyd.Folder(made, verbose=True, **account) as folder:
        assert {'total_size', 'allocated_bytes', 'num_objects'} <= set(folder['a.h5'])


@pytest.mark.parametrize('batch', [1, 2, 3])
def test_small_batches_give_the_same_listing(made, account, batch):
    with h5pyd.Folder(made, batch_size=batch, **account) as folder:
        assert list(folder) == ['a.h5', 'b.h5', 'c.h5']


@pytest.mark.parametrize('pattern, found', [
    ('a*', ['a.h5']), ('*.h5', ['a.h5', 'b.h5', 'c.h5']), ('[a-b].h5', ['a.h5', 'b.h5']),
    ('?.h5', ['a.h5', 'b.h5', 'c.h5']), ('x*', [])])
def test_patterns(made, account, pattern, found):
    with h5pyd.Folder(made, pattern=pattern, **account) as folder:
        assert list(folder) == found


@pytest.mark.parametrize('query, found', [
    ('number > 0', ['a.h5', 'b.h5']), ('number == 2', ['b.h5']), ('number > 7', []),
    ('number >= 0 AND number < 2', ['a.h5', 'c.h5'])])
def test_queries_over_root_attributes(made, account, query, found):
    with h5pyd.Folder(made, query=query, **account) as folder:
        assert list(folder) == found


def test_delete_an_item(made, account):
    with h5pyd.Folder(made, mode='r+', **account) as folder:
        del folder['b.h5']
        folder.delete_item('c.h5')
    with h5pyd.Folder(made, **account) as folder:
        assert list(folder) == ['a.h5']


def test_a_folder_with_items_cannot_be_deleted(made, account):
    parent, name = made.rstrip('/').rsplit('/', 1)
    with h5pyd.Folder(parent + '/', mode='r+', **account) as folder:
        with pytest.raises(OSError):
            del folder[name]
        assert name in folder


def test_missing_folders(domain, account):
    with pytest.raises(OSError):
        h5pyd.Folder(domain + '-missing/', **account)
    with pytest.raises(OSError):
        h5pyd.Folder(domain + '-missing/below/', mode='w', **account)


def test_the_top_lists_home(account):
    with h5pyd.Folder('/', **account) as folder:
        assert 'home' in folder


def test_a_subfolder_is_listed_as_a_folder(made, account):
    with h5pyd.Folder(made + 'sub/', mode='w', **account):
        pass
    with h5pyd.Folder(made, **account) as folder:
        assert folder['sub']['class'] == 'folder'
        assert 'root' not in folder['sub']


def test_the_owners_acl(opened, made, account, service):
    with opened('r', made + 'a.h5') as file:
        acl = file.getACL(service.user)
        assert acl['userName'] == service.user
        assert all(acl[flag] for flag in FLAGS) and len(acl) == 7
        assert [entry['userName'] for entry in file.getACLs()] == [service.user]
    with h5pyd.Folder(made, **account) as folder:
        acl = folder.getACL(service.user)
        assert len(acl) == 7 and all(acl[flag] for flag in FLAGS)


def test_a_missing_acl(opened):
    with opened('w') as file:
        with pytest.raises(OSError) as error:
            file.getACL('nobody1')
        assert error.value.errno in (404, None)


def grant(file, user, *allowed):
    """Gives a user exactly these permissions."""
    file.putACL({'userName': user} | {flag: flag in allowed for flag in FLAGS})


def test_a_stranger_may_nothing_until_granted(opened, second, settle):
    stranger = dict(zip(('username', 'password'), second))
    with opened('w') as file:
        file['d'] = np.arange(4)
        settle(file)
        with pytest.raises(OSError) as error:
            opened('r', **stranger)
        assert error.value.errno in (403, None)
        grant(file, second[0], 'read')
    with opened('r', **stranger) as file:
        assert list(file['d'][...]) == [0, 1, 2, 3]
        with pytest.raises(OSError):
            file.getACLs()
    for mode in ('a', 'w'):
        with pytest.raises(OSError):
            opened(mode, **stranger)


def test_a_stranger_with_update_may_change_values(opened, second, settle):
    stranger = dict(zip(('username', 'password'), second))
    with opened('w') as file:
        file['d'] = np.arange(4)
        settle(file)
        grant(file, second[0], 'read', 'update')
    with opened('a', **stranger) as file:
        file['d'][0] = 9
    with opened('r') as file:
        assert file['d'][0] == 9
    with pytest.raises(OSError):
        opened('w', **stranger)


def test_revoking_takes_effect(opened, second, settle):
    stranger = dict(zip(('username', 'password'), second))
    with opened('w') as file:
        settle(file)
        grant(file, second[0], 'read')
        opened('r', **stranger).close()
        grant(file, second[0])
        with pytest.raises(OSError):
            opened('r', **stranger)


def test_acls_are_inherited_from_the_folder(opened, made, account, second):
    with h5pyd.Folder(made, mode='r+', **account) as folder:
        grant(folder, second[0], 'read', 'update')
    with opened('w', made + 'late.h5') as file:
        acl = file.getACL(second[0])
        assert [flag for flag in FLAGS if acl[flag]] == ['read', 'update']


def test_anonymous_readers_need_the_default_entry(opened, domain, service, settle):
    with opened('w') as file:
        file.attrs['a'] = 1
        settle(file)
        grant(file, 'default', 'read')
    with h5pyd.File(domain, 'r', endpoint=service.endpoint, username='', password='') as file:
        assert file.attrs['a'] == 1
