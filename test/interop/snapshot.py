"""What a domain holds as one plain tree, in a form that all servers and dialects share."""

from urllib.parse import quote

from contents import attribute_path
from rest import OCTETS

UNLIMITED = 'H5S_UNLIMITED'
COLLECTIONS = {'g': 'groups', 'd': 'datasets', 't': 'datatypes'}


def domain_tree(rest):
    """Owner, times, ACLs and every object reachable by hard links, each by its id."""
    about = rest.get('/')
    tree = {key: about[key] for key in ('root', 'owner', 'class', 'created')}
    acls = rest.get('/acls')['acls']
    tree['acls'] = {entry['userName']: {key: value for key, value in entry.items()
                                        if isinstance(value, bool)} for entry in acls}
    tree['objects'] = {}
    waiting = [about['root']]
    while waiting:
        identifier = waiting.pop()
        if identifier in tree['objects']:
            continue
        found = object_tree(rest, identifier)
        tree['objects'][identifier] = found
        waiting += [link['id'] for link in found.get('links', {}).values() if 'id' in link]
    return tree


def object_tree(rest, identifier):
    """One object: facts, attributes with values, links or value."""
    collection = COLLECTIONS[identifier[0]]
    path = f'/{collection}/{identifier}'
    tree = facts(rest.get(path))
    listed = rest.get(f'{path}/attributes')['attributes']
    tree['attributes'] = {item['name']: attribute(rest, (collection, identifier, item['name']))
                          for item in listed}
    if collection == 'groups':
        tree['links'] = {item['title']: link(rest, path, item['title'])
                         for item in rest.get(f'{path}/links')['links']}
    if collection == 'datasets' and tree['shape']['class'] != 'H5S_NULL':
        tree['value'] = rest.bytes(f'{path}/value').hex()
    return tree


def facts(reply):
    """The members of an object that every dialect gives, in the form of 0.9."""
    names = ('id', 'root', 'created', 'lastModified', 'type', 'linkCount', 'attributeCount')
    tree = {name: reply[name] for name in names if name in reply}
    creation = dict(reply.get('creationProperties') or {})
    layout = reply.get('layout') or creation.get('layout') or {}
    if 'shape' in reply:
        tree['shape'] = dict(reply['shape'])
        maxdims = tree['shape'].get('maxdims')
        if maxdims is not None:
            tree['shape']['maxdims'] = [0 if one in (0, UNLIMITED) else one for one in maxdims]
        # 1.0 keeps the layout among the properties, and tells the class that was asked for.
        tree['chunk'] = layout.get('dims'), layout.get('partition_count')
    creation.pop('layout', None)
    tree['creationProperties'] = creation
    return tree


def attribute(rest, where):
    """Type, shape, value, creation time, and the bytes of fixed-size types."""
    path = attribute_path(*where)
    reply = rest.get(path)
    names = ('type', 'shape', 'value', 'created', 'encoding')
    tree = {name: reply[name] for name in names if reply.get(name) is not None}
    if tree['shape']['class'] != 'H5S_NULL':
        binary = rest.send('GET', f'{path}/value', accept=OCTETS)
        if binary.headers.get('Content-Type') == OCTETS:
            tree['bytes'] = binary.content.hex()
    return tree


def link(rest, path, title):
    """Class, target, creation time."""
    reply = rest.get(f'{path}/links/{quote(title, safe="")}')
    found = dict(reply['link'])
    if 'file' in found:
        found['h5domain'] = found.pop('file')
    tree = {name: found[name] for name in ('class', 'id', 'h5path', 'h5domain') if name in found}
    return tree | {'created': reply['created']}


def folder_tree(rest, folder):
    """Names and classes in a folder and below."""
    reply = rest.of(f'{folder}/').get('/domains')
    tree = {}
    for item in reply['domains']:
        tree[item['name']] = {key: item[key] for key in ('class', 'owner', 'root') if key in item}
        if item['class'] == 'folder':
            tree |= folder_tree(rest, item['name'])
    return tree


def differences(first, second, path=''):
    """Paths at which two trees differ, with both values; NaN equals NaN."""
    if isinstance(first, dict) and isinstance(second, dict):
        found = []
        for key in sorted({*first, *second}, key=str):
            found += differences(first.get(key, '(absent)'), second.get(key, '(absent)'),
                                 f'{path}/{key}')
        return found
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        return [one for at, pair in enumerate(zip(first, second))
                for one in differences(*pair, f'{path}[{at}]')]
    same = first == second and type(first) is type(second) or first != first and second != second
    return [] if same else [f'{path}: {str(first)[:160]} | {str(second)[:160]}']
