"""Responses in a form in which two right servers agree: no ids, times, hosts and free texts."""

import base64
import json
import re

OBJECT_ID = re.compile(r'[gdtc]-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{6}-[0-9a-f]{6}')
TIMES = {'created', 'lastModified', 'start_time', 'scan_start', 'scan_complete'}
OF_THE_SERVER = {
    'version',
    'hsds_version',
    'greeting',
    'about',
    'dn_urls',
    'dn_ids',
    'node_count',
    'md5_sum',
    'compressors',
}
OF_THE_MACHINE = {
    'cpu',
    'diskio',
    'netio',
    'memory',
    'disk',
    'log_stats',
    'req_count',
    'node',
    'meta_cache_stats',
    'chunk_cache_stats',
    'domain_cache_stats',
}
ID_LISTS = {'groups', 'datasets', 'datatypes'}


def normalise(response, server):
    """A response as (status, content type, body); JSON bodies as data, others as text."""
    kind = response.content_type
    if response.status >= 400 or not response.status:
        # The reason is free text, and whether it is there depends on the status only.
        return response.status, kind.split(';')[0], ''
    text = response.body.decode('latin-1' if 'octet-stream' in kind else 'utf-8', 'replace')
    text = text.replace(server.endpoint, '<host>').replace(server.host, '<host>')
    symbols = {identity: f'«{symbol}»' for symbol, identity in server.ids.items()}

    def rename(text):
        return OBJECT_ID.sub(lambda match: symbols.get(match[0], f'«new {match[0][0]}»'), text)

    text = rename(text)
    if 'json' in kind and text:
        try:
            return response.status, kind, tidy(open_base64(json.loads(text), rename))
        except ValueError:
            return response.status, kind, 'not JSON: ' + text
    return response.status, kind, text


def open_base64(value, rename):
    """Decodes values sent in base64, because there may be ids in them."""
    if isinstance(value, list):
        return [open_base64(item, rename) for item in value]
    if not isinstance(value, dict):
        return value
    opened = {name: open_base64(item, rename) for name, item in value.items()}
    if value.get('encoding') == 'base64' and isinstance(value.get('value'), str):
        opened['value'] = rename(base64.b64decode(value['value']).decode('latin-1'))
    return opened


def tidy(value, key=''):
    """Masks what differs between right servers, and orders what has no order."""
    if isinstance(value, dict):
        return {name: tidy_member(name, item) for name, item in value.items()}
    if isinstance(value, list):
        if key in ID_LISTS and all(isinstance(item, str) for item in value):
            return sorted(value)
        return [tidy(item) for item in order_ties(value)]
    return value


def tidy_member(name, item):
    """One member of an object."""
    if name in TIMES and isinstance(item, (int, float)):
        return '<time>'
    if name in OF_THE_MACHINE:
        return sorted(item) if isinstance(item, dict) else '<number>'
    if name in OF_THE_SERVER and not isinstance(item, (dict, bool)):
        return '<of the server>'
    return tidy(item, name)


def order_ties(items):
    """Entries made in the same instant have no order among them: sorts these by name."""
    if not all(isinstance(item, dict) and 'created' in item for item in items):
        return items
    ordered, tie = [], []
    for item in items:
        if tie and item['created'] != tie[-1]['created']:
            ordered += sorted(tie, key=entry_name)
            tie = []
        tie.append(item)
    return ordered + sorted(tie, key=entry_name)


def entry_name(item):
    """What an entry of a listing is called."""
    return str(item.get('title', item.get('name', '')))


def compare(left, right, path=''):
    """The paths at which two normalised bodies differ, with both values: (path, left, right)."""
    if isinstance(left, dict) and isinstance(right, dict):
        found = []
        for key in [*left, *(key for key in right if key not in left)]:
            found += compare(left.get(key, '<absent>'), right.get(key, '<absent>'), f'{path}/{key}')
        return found
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return [
            found
            for i, (one, other) in enumerate(zip(left, right))
            for found in compare(one, other, f'{path}/{i}')
        ]
    return [] if same(left, right) else [(path or '/', left, right)]


def same(left, right):
    """Equality of leaves: 3 and 3.0 are the same number, true and 1 are not; NaN equals NaN."""
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return left == right or (left != left and right != right)
