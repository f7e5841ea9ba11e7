"""Groups and links."""

import h5pyd
import numpy as np
import pytest

NAMES = ['plain', 'with blank', 'ünïcödé', '名前', 'a+b', 'a%20b', '100%', 'q?x=1', 'semi;colon',
         'dot.ted', "quo'te", 'dou"ble', 'back\\slash', '[bracket]', 'tab\there', 'x' * 200]


def test_create_get_and_contain(opened):
    with opened('w') as file:
        made = file.create_group('a')
        assert made.name == '/a' and len(made) == 0
        assert 'a' in file and '/a' in file and 'b' not in file
        assert isinstance(file['a'], h5pyd.Group)
        assert made.parent == file['/'] and made.file.filename == file.filename


def test_intermediate_groups_are_made(written):
    file = written(lambda file: file.create_group('a/b/c'))
    assert list(file) == ['a'] and list(file['a']) == ['b'] and 'a/b/c' in file
    assert file['a/b/c'].name == '/a/b/c'
    assert file['a']['/a/b'].name == '/a/b'


def test_creating_twice_fails(opened):
    with opened('w') as file:
        file.create_group('a')
        with pytest.raises((ValueError, RuntimeError)):
            file.create_group('a')
        assert list(file) == ['a']


def test_require_group(opened):
    with opened('w') as file:
        first = file.require_group('a/b')
        assert file.require_group('a/b').id.id == first.id.id
        file['d'] = 1
        with pytest.raises(TypeError):
            file.require_group('d')


@pytest.mark.parametrize('name', NAMES)
def test_names(written, name):
    file = written(lambda file: file.create_group(name))
    assert list(file) == [name]
    assert name in file and file[name].name == '/' + name


@pytest.mark.hsds_fault('404 for a brace in a path', client='0.24')
@pytest.mark.parametrize('name', ['{braces}', 'half{open'])
def test_names_with_braces(written, name):
    file = written(lambda file: file.create_group(name))
    assert name in file and list(file) == [name]


def test_missing_members(opened):
    with opened('w') as file:
        with pytest.raises(KeyError):
            file['missing']
        with pytest.raises(KeyError):
            file['missing/deeper']
        assert file.get('missing') is None
        assert file.get('missing', 'fallback') == 'fallback'


def test_views(written):
    def write(file):
        for name in ('b', 'a', 'c'):
            file.create_group(name)
    file = written(write)
    assert list(file.keys()) == ['a', 'b', 'c'] and len(file) == 3
    assert [group.name for group in file.values()] == ['/a', '/b', '/c']
    assert [(name, group.name) for name, group in file.items()] == [
        ('a', '/a'), ('b', '/b'), ('c', '/c')]


def test_creation_order(written):
    names = ['z', 'a', 'k', 'b']

    def write(file):
        ordered = file.create_group('ordered', track_order=True)
        for name in names:
            ordered.create_group(name)
    file = written(write)
    assert list(file['ordered']) == names
    assert list(reversed(file['ordered'])) == names[::-1]


def test_hard_links_lead_to_one_object(written):
    def write(file):
        file['here'] = np.arange(3)
        file['there'] = file['here']
        file.create_group('g')['again'] = file['here']
    file = written(write)
    assert file['there'] == file['here'] and file['g/again'] == file['here']
    assert isinstance(file.get('there', getlink=True), h5pyd.HardLink)


def test_soft_links(written):
    def write(file):
        file.create_group('target').attrs['a'] = 1
        file['soft'] = h5pyd.SoftLink('/target')
        file['dangling'] = h5pyd.SoftLink('/nowhere')
    file = written(write)
    assert file['soft'].attrs['a'] == 1
    link = file.get('soft', getlink=True)
    assert isinstance(link, h5pyd.SoftLink) and link.path == '/target'
    with pytest.raises(KeyError):
        file['dangling']
    assert set(file) == {'target', 'soft', 'dangling'}


def test_relative_soft_links(written):
    def write(file):
        group = file.create_group('g')
        group['d'] = 5
        group['soft'] = h5pyd.SoftLink('d')
    assert written(write)['g']['soft'][()] == 5


@pytest.mark.hsds_fault('links say h5domain, the client needs file', client='1.0')
def test_external_links(opened, domain):
    with opened('w', domain + '-other.h5') as other:
        other['d'] = np.arange(4)
    with opened('w') as file:
        file['ext'] = h5pyd.ExternalLink(domain + '-other.h5', '/d')
        file['lost'] = h5pyd.ExternalLink(domain + '-missing.h5', '/d')
    with opened('r') as file:
        link = file.get('ext', getlink=True)
        assert isinstance(link, h5pyd.ExternalLink)
        assert (link.filename, link.path) == (domain + '-other.h5', '/d')
        assert list(file['ext'][...]) == [0, 1, 2, 3]
        with pytest.raises((KeyError, OSError)):
            file['lost']


@pytest.mark.hsds_fault('links say h5domain, the client needs file', client='1.0')
def test_relative_external_links(opened, domain):
    other = domain.rsplit('/', 1)[1] + '-other.h5'
    with opened('w', domain + '-other.h5') as file:
        file.attrs['a'] = 'other'
    with opened('w') as file:
        file['ext'] = h5pyd.ExternalLink(other, '/')
    with opened('r') as file:
        assert file['ext'].attrs['a'] == 'other'


def test_classes_of_members_and_links(written):
    def write(file):
        file.create_group('g')
        file['d'] = 1
        file['t'] = np.dtype('<f4')
        file['s'] = h5pyd.SoftLink('/g')
        file['e'] = h5pyd.ExternalLink('/x.h5', '/y')
    file = written(write)
    assert file.get('g', getclass=True) is h5pyd.Group
    assert file.get('d', getclass=True) is h5pyd.Dataset
    assert file.get('t', getclass=True) is h5pyd.Datatype
    kinds = {name: file.get(name, getclass=True, getlink=True) for name in file}
    assert kinds == {'g': h5pyd.HardLink, 'd': h5pyd.HardLink, 't': h5pyd.HardLink,
                     's': h5pyd.SoftLink, 'e': h5pyd.ExternalLink}


def test_deleting_a_link(opened, settle):
    with opened('w') as file:
        file.create_group('a')
        file.create_group('b')
        settle(file)
        del file['a']
        assert 'a' not in file
    with opened('r') as file:
        assert list(file) == ['b']


def test_deleting_one_of_two_hard_links_keeps_the_object(opened):
    with opened('w') as file:
        file['x'] = np.arange(3)
        file['y'] = file['x']
        del file['x']
    with opened('r') as file:
        assert list(file) == ['y'] and list(file['y'][...]) == [0, 1, 2]


@pytest.mark.hsds_fault('409 for the new link, though it is newer', client='1.0')
def test_a_name_can_be_used_again(opened, settle):
    with opened('w') as file:
        file['x'] = 1
        settle(file)
        del file['x']
        file['x'] = np.arange(3)
    with opened('r') as file:
        assert file['x'].shape == (3,)


def test_clear_pop_and_setdefault(opened):
    with opened('w') as file:
        for name in ('a', 'b'):
            file.create_group(name)
        assert file.pop('a').name in ('/a', None)
        assert file.setdefault('b').name == '/b'
        file.clear()
        assert len(file) == 0


def tree(file):
    """Makes the tree that the visiting tests walk."""
    file.create_group('a/b')
    file.create_dataset('a/b/d', data=np.arange(2))
    file['a/b'].attrs['x'] = 1
    file['again'] = file['a/b']
    file['soft'] = h5pyd.SoftLink('/a')
    file['type'] = np.dtype('i4')


def test_visit_sees_every_object_once(written):
    seen = []
    written(tree).visit(lambda name: seen.append(name))
    assert len(seen) == 4
    assert {'a', 'type'} <= set(seen)
    assert {'a/b', 'again'} & set(seen) and {'a/b/d', 'again/d'} & set(seen)


def test_visit_stops_at_a_result(written):
    assert written(tree).visit(lambda name: name if 'd' in name else None) in ('a/b/d', 'again/d')


def test_visititems_gives_objects(written):
    found = {}
    written(tree).visititems(lambda name, obj: found.update({name.split('/')[-1]: type(obj)}))
    assert found['d'] is h5pyd.Dataset and found['type'] is h5pyd.Datatype
    assert found['a'] is h5pyd.Group


def test_a_committed_type_used_by_a_dataset(written):
    def write(file):
        file['type'] = np.dtype([('x', 'i4'), ('y', 'f8')])
        file['type'].attrs['note'] = 'committed'
        file.create_dataset('d', (3,), dtype=file['type'])
    file = written(write)
    assert file['type'].dtype == np.dtype([('x', 'i4'), ('y', 'f8')])
    assert file['type'].attrs['note'] == 'committed'
    assert file['d'].dtype == file['type'].dtype


def test_anonymous_groups_are_reached_by_id_only(opened, settle):
    with opened('w') as file:
        group = file.create_group(None)
        group.attrs['a'] = 1
        identity = group.id.uuid
        settle(file)
    with opened('r') as file:
        assert len(file) == 0
        assert file[f'groups/{identity}'].attrs['a'] == 1


def test_many_links_in_one_group(written):
    def write(file):
        for i in range(120):
            file[f'soft{i:03}'] = h5pyd.SoftLink(f'/target{i}')
    file = written(write)
    assert len(file) == 120
    assert list(file) == [f'soft{i:03}' for i in range(120)]


def test_equality(opened):
    with opened('w') as file:
        file.create_group('a')
        assert file['a'] == file['a'] and file['a'] != file['/']


def test_a_group_or_dataset_in_the_way(opened):
    with opened('w') as file:
        file['d'] = 1
        with pytest.raises((KeyError, ValueError, TypeError, OSError)):
            file.create_group('d/below')
        with pytest.raises((KeyError, OSError)):
            file['d/below']
