"""Everything but datasets' values: folders, ACLs, groups, links, attributes, committed types,
resized and deleted things. Written through REST, then read back as one comparable tree."""

import base64
from urllib.parse import quote

from kinds import BY_NAME, COLOURS, KINDS, VTEXT, enum, number, string
from rest import Rest

TITLES = ['plain', 'with blank', 'é八', 'per%cent', 'quo"te', 'a+b&c=d', 'dots..', '#hash?']
RIGHTS = ('create', 'read', 'update', 'delete', 'readACL', 'updateACL')


def write_contents(rest, home, kinds_apart=()):
    """Fills folder `home` (a path without final slash) without some types; the domains made."""
    rest.of(home).put('/', {'folder': True})
    rest.of(f'{home}/sub').put('/', {'folder': True})
    rest.of(f'{home}/sub/empty').put('/', {'folder': True})
    domain = rest.of(f'{home}/contents.h5')
    root = domain.new_domain()
    write_groups(domain, root)
    write_attributes(domain, root, kinds_apart)
    write_histories(domain, root)
    write_acls(domain)
    other = rest.of(f'{home}/sub/other.h5')
    other.new('groups', {}, 'there', other.new_domain())
    write_deleted(rest, home)
    return [domain.domain, other.domain, f'{home}/again.h5']


def write_groups(rest, root):
    """A small graph with all kinds of links, a loop among them."""
    groups = [rest.new('groups', {}, title, root) for title in TITLES]
    nested = rest.new('groups', {}, 'nested', groups[0])
    deeper = rest.new('groups', {'creationProperties': {'CreateOrder': True}}, 'deeper', nested)
    rest.link(deeper, 'loop', {'id': groups[0]})
    rest.link(deeper, 'alias', {'id': groups[1]})
    rest.link(root, 'soft', {'h5path': '/plain/nested'})
    rest.link(root, 'dangling', {'h5path': 'nowhere/é'})
    rest.link(nested, 'external', {'h5path': '/x', 'h5domain': '/home/test_user1/other.h5'})
    committed = rest.new('datatypes', {'type': enum('i2le', **COLOURS)}, 'colour', root)
    rest.attribute(f'datatypes/{committed}', 'note',
                   {'type': VTEXT, 'shape': [], 'value': 'committed'})
    rest.new('datasets', {'type': committed, 'shape': [3]}, 'of committed type', root)
    rest.attribute(f'groups/{root}', 'of committed type',
                   {'type': committed, 'shape': [2], 'value': [0, 5]})
    rest.new('groups', {})  # anonymous: reachable by nothing, must not disturb


def write_attributes(rest, root, kinds_apart):
    """An attribute of every type, and of every shape."""
    owner = f'groups/{rest.new("groups", {}, "attributes", root)}'
    for kind in KINDS:
        if kind.variable or kind.name in kinds_apart:
            continue
        for count, shape in ((1, []), (6, [2, 3])):
            elements = kind.elements(count, root)
            data = base64.b64encode(b''.join(elements)).decode()
            item = {'type': kind.type, 'shape': shape, 'value': data, 'encoding': 'base64'}
            if kind.text:
                rest.attribute(owner, f'{kind.name} {count}', item)
    variable = {
        'vstr': (VTEXT, [3], ['a', '', 'é八']), 'vstr scalar': (VTEXT, [], 'one text'),
        'ascii': (string('H5T_VARIABLE', pad='NULLTERM'), [2], ['x', 'yy']),
        'sequence': (BY_NAME['sequence i2le'].type, [3], [[1], [], [2, 3]]),
        'compound vlen': (BY_NAME['compound vlen'].type, [], [7, 'né', [1, 2], 'ab'])}
    for name, (kind, shape, value) in variable.items():
        rest.attribute(owner, name, {'type': kind, 'shape': shape, 'value': value})
    rest.attribute(owner, 'null space', {'type': number('i4le'), 'shape': 'H5S_NULL'})
    rest.attribute(owner, 'no value', {'type': number('f8le'), 'shape': [2]})
    rest.attribute(owner, 'name/with é?', {'type': number('i8le'), 'shape': [], 'value': 2 ** 62})
    bytes_only = {'type': string(2, 'UTF8'), 'shape': [], 'value': 'ab'}
    rest.attribute(owner, 'not text', bytes_only)
    rest.put(f'/{owner}/attributes/not text/value', data=b'\xfe\xff')


def write_histories(rest, root):
    """Datasets whose extent changed."""
    def extensible(title):
        body = {'type': number('i4le'), 'shape': [200], 'maxdims': [0],
                'creationProperties': {'fillValue': 9}}
        dataset = rest.new('datasets', body, title, root)
        rest.put(f'/datasets/{dataset}/value', {'value': list(range(200))})
        return dataset

    grown = extensible('grown')
    rest.put(f'/datasets/{grown}/shape', {'shape': [500]})
    rest.put(f'/datasets/{grown}/value', {'start': [450], 'stop': [460], 'value': [7] * 10})
    regrown = extensible('regrown')
    rest.put(f'/datasets/{regrown}/shape', {'shape': [90]})
    rest.put(f'/datasets/{regrown}/shape', {'shape': [210]})
    appended = extensible('appended')
    rest.put(f'/datasets/{appended}/value', {'append': 2, 'value': [-1, -2]})
    rest.new('datasets', {'type': number('i4le'), 'shape': 'H5S_NULL'}, 'null space', root)
    rest.new('datasets', {'type': {'class': 'H5T_ARRAY', 'dims': [2, 2], 'base': number('i4le')},
                          'shape': [3]}, 'of array type', root)
    counting = {'type': number('i8le'), 'shape': [1000], 'creationProperties': {
        'initializer': ['arange', '--start=5', '--step=2']}}
    rest.new('datasets', counting, 'initialised', root)


def write_acls(rest):
    """Another user may read, one may all, the public may nothing."""
    for name, allowed in {'test_user2': ('read', 'readACL'), 'boss': RIGHTS, 'default': ()}.items():
        rest.put(f'/acls/{name}', {right: right in allowed for right in RIGHTS})


def write_deleted(rest, home):
    """Things that were there once: objects, links, attributes, values, whole domains."""
    domain = rest.of(f'{home}/again.h5')
    first = domain.new_domain()
    domain.new('groups', {}, 'before', first)
    domain.delete('/')
    root = domain.new_domain()
    kept = domain.new('groups', {}, 'kept', root)
    for title in ('group', 'dataset'):
        body = {} if title == 'group' else {'type': number('i4le'), 'shape': [100]}
        gone = domain.new(f'{title}s', body, title, root)
        if title == 'dataset':
            domain.put(f'/datasets/{gone}/value', {'value': list(range(100))})
        domain.delete(f'/groups/{root}/links/{title}')
        domain.delete(f'/{title}s/{gone}')
    item = {'type': number('i4le'), 'shape': [], 'value': 1}
    domain.attribute(f'groups/{kept}', 'gone', item)
    domain.attribute(f'groups/{kept}', 'stays', item)
    domain.delete(f'/groups/{kept}/attributes/gone')


def answers_to_strangers(rest, domains):
    """What others are told: statuses of reads and deletions, by a user with few rights and by nobody."""
    stranger = Rest(rest.endpoint, user='test_user2')
    nobody = Rest(rest.endpoint)
    nobody.session.auth = None
    calls = [('GET', '/'), ('GET', '/acls'), ('GET', '/acls/default'), ('DELETE', '/')]
    return {f'{name}: {method} {path} of {domain}':
            user.send(method, path, domain=domain).status_code
            for domain in domains for name, user in (('test_user2', stranger), ('nobody', nobody))
            for method, path in calls}


def attribute_path(collection, owner, name):
    """Path of an attribute."""
    return f'/{collection}/{owner}/attributes/{quote(name, safe="")}'
