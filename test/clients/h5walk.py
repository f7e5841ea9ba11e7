"""Compares two HDF5 files object by object: every link, attribute, type, shape, property and value.

`differences(original, fetched)` gives a list of Difference; README.md says what the aspects mean
and which of them the REST API or the clients cannot carry.
"""

from typing import NamedTuple

import h5py
import numpy as np
from h5py import h5d, h5r, h5s

import h5types

STORAGE_ASPECTS = {'string form', 'committed type', 'layout', 'chunks', 'filters'}
LAYOUTS = {h5d.COMPACT: 'compact', h5d.CONTIGUOUS: 'contiguous', h5d.CHUNKED: 'chunked'}


class Difference(NamedTuple):
    """Where (path, attributes as path@name), in which aspect, and what was found on either side."""

    where: str
    aspect: str
    original: object
    fetched: object

    def __str__(self):
        return f'{self.where} {self.aspect}: {short(self.original)} -> {short(self.fetched)}'


def short(value):
    """A value's text, cut to one line's worth."""
    text = repr(value)
    return text if len(text) <= 120 else text[:117] + '...'


def differences(original_path, fetched_path):
    """Every difference between two files, in walking order."""
    with h5py.File(original_path) as original, h5py.File(fetched_path) as fetched:
        first, second = Walk(original).facts(), Walk(fetched).facts()
    found = []
    for key in [*first, *(key for key in second if key not in first)]:
        one, other = first.get(key, 'absent'), second.get(key, 'absent')
        if not same(one, other):
            found.append(Difference(*key, one, other))
    return found


class Walk:
    """One file's facts: (path, aspect) -> value; an object is described at its first path only."""

    def __init__(self, file):
        self.file = file
        self.found = {}
        self.first_path = {}

    def facts(self):
        """Walks the file from its root group."""
        self.visit('/', self.file['/'])
        self.resolve_references()
        return self.found

    def put(self, where, aspect, value):
        """Notes one fact."""
        self.found[where, aspect] = value

    def visit(self, path, obj):
        """Describes one object and, for a group, all below it."""
        identity = identify(obj.id)
        if identity in self.first_path:
            self.put(path, 'same object as', self.first_path[identity])
            return
        self.first_path[identity] = path
        self.put(path, 'kind', type(obj).__name__)
        self.attributes(path, obj)
        if isinstance(obj, h5py.Dataset):
            self.dataset(path, obj)
        elif isinstance(obj, h5py.Datatype):
            self.type(path, obj.id, without_padding)
        else:
            self.group(path, obj)

    def group(self, path, group):
        """Describes a group's links in name order."""
        self.put(path, 'links', sorted(group))
        for name in sorted(group):
            below = path.rstrip('/') + '/' + name
            link = read_link(group, name)
            self.put(below, 'link', link)
            if link[0] != 'hard':
                continue
            obj = attempt(lambda name=name: group[name])
            if isinstance(obj, Unreadable):
                self.put(below, 'kind', obj)
            else:
                self.visit(below, obj)

    def type(self, where, tid, keep):
        """Describes a type in two aspects: what it holds, and the form of its strings."""
        full = h5types.describe(tid)
        kept = h5types.with_strings(full, keep)
        self.put(where, 'type', kept)
        if kept != full:
            self.put(where, 'string form', full)

    def attributes(self, path, obj):
        """Describes an object's attributes in name order."""
        names = attempt(lambda: sorted(obj.attrs))
        self.put(path, 'attributes', names)
        for name in names if isinstance(names, list) else []:
            where = f'{path}@{name}'
            aid = h5py.h5a.open(obj.id, name.encode())
            self.type(where, aid.get_type(), only_kind)
            self.space(where, aid.get_space())
            self.put(where, 'committed type', aid.get_type().committed())
            self.put(where, 'value', attempt(lambda: obj.attrs[name]))

    def space(self, where, space):
        """Describes a dataspace: class, extent and maximum extent."""
        if space.get_simple_extent_type() != h5s.SIMPLE:
            null = space.get_simple_extent_type() == h5s.NULL
            self.put(where, 'shape', 'null' if null else 'scalar')
            return
        self.put(where, 'shape', space.get_simple_extent_dims())
        self.put(where, 'maximum shape', space.get_simple_extent_dims(True))

    def dataset(self, path, dset):
        """Describes a dataset: type, space, creation properties and values."""
        self.type(path, dset.id.get_type(), without_padding)
        self.space(path, dset.id.get_space())
        properties = dset.id.get_create_plist()
        self.put(path, 'committed type', dset.id.get_type().committed())
        self.put(path, 'layout', LAYOUTS.get(properties.get_layout(), 'other'))
        self.put(path, 'chunks', dset.chunks)
        filters = range(properties.get_nfilters())
        self.put(path, 'filters', [properties.get_filter(i)[::2] for i in filters])
        self.put(path, 'fill value', attempt(lambda: fill_value(dset, properties)))
        self.put(path, 'value', attempt(lambda: dset[()]))

    def resolve_references(self):
        """Replaces references in values by the paths they lead to, which two files can share."""
        for key, value in self.found.items():
            if key[1] == 'value' and holds_objects(value):
                self.found[key] = self.readable(value)

    def readable(self, value):
        """A value with references resolved; arrays of objects become lists."""
        if isinstance(value, h5r.RegionReference):
            return self.region(value)
        if isinstance(value, h5r.Reference):
            return ('reference', self.target(value))
        if isinstance(value, np.void) and value.dtype.names:
            return [self.readable(value[name]) for name in value.dtype.names]
        if isinstance(value, np.ndarray) and holds_objects(value):
            return [self.readable(item) for item in value]
        return value

    def region(self, reference):
        """A region reference as its target and selection."""
        if not reference:
            return ('region', None)
        space = h5r.get_region(reference, self.file.id)
        bounds = attempt(lambda: space.get_select_bounds())
        return ('region', self.target(reference), space.get_select_npoints(), bounds)

    def target(self, reference):
        """The first path of a reference's target; None for the null reference."""
        if not reference:
            return None
        obj = attempt(lambda: h5r.dereference(reference, self.file.id))
        if isinstance(obj, Unreadable):
            return obj
        return self.first_path.get(identify(obj), 'unlinked')


def fill_value(dset, properties):
    """What unwritten elements read as; "undefined" cannot be told to the service and means zero."""
    if properties.fill_value_defined() != h5d.FILL_VALUE_UNDEFINED:
        return dset.fillvalue
    return None if dset.dtype.hasobject else np.zeros((), dset.dtype)[()]


def without_padding(length, charset, _padding):
    """What counts of a dataset's string type: the clients cannot carry the padding."""
    return (length, charset)


def only_kind(length, _charset, _padding):
    """What counts of an attribute's string type: the clients make it anew from the value."""
    return ('variable' if length == 'variable' else 'fixed',)


class Unreadable(str):
    """What h5py raised instead of giving a value."""


def attempt(read):
    """The result of read(), or Unreadable with the exception's class if h5py cannot give it."""
    try:
        return read()
    except (OSError, TypeError, ValueError, KeyError, RuntimeError) as error:
        return Unreadable(type(error).__name__)


def identify(oid):
    """A key that tells objects of one file apart."""
    info = h5py.h5o.get_info(oid)
    return info.addr


def read_link(group, name):
    """A link as (class, target ...)."""
    link = attempt(lambda: group.get(name, getlink=True))
    if isinstance(link, h5py.SoftLink):
        return ('soft', link.path)
    if isinstance(link, h5py.ExternalLink):
        return ('external', link.filename, link.path)
    return ('hard',) if isinstance(link, h5py.HardLink) else ('user defined',)


def holds_objects(value):
    """Whether a value is or contains Python objects (references, variable-length data)."""
    return isinstance(value, h5r.Reference) or (hasattr(value, 'dtype') and value.dtype.hasobject)


def same(one, other):
    """Equality with NaN equal to NaN, types and shapes included."""
    if isinstance(one, h5py.Empty) or isinstance(other, h5py.Empty):
        return isinstance(one, h5py.Empty) and isinstance(other, h5py.Empty)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other))
    if isinstance(one, (np.ndarray, np.generic)) and isinstance(other, (np.ndarray, np.generic)):
        return same_arrays(np.asarray(one), np.asarray(other))
    return type(one) is type(other) and one == other


def same_arrays(one, other):
    """Equality of two arrays field by field; padding inside a compound does not count."""
    if one.shape != other.shape or one.dtype.names != other.dtype.names:
        return False
    if one.dtype.names:
        return all(same_arrays(one[name], other[name]) for name in one.dtype.names)
    if one.dtype.kind != other.dtype.kind:
        return False
    if one.dtype.hasobject:
        return all(same(a, b) for a, b in zip(one.ravel(), other.ravel()))
    if one.dtype.kind == 'V':
        return one.tobytes() == other.tobytes()
    return np.array_equal(one, other, equal_nan=one.dtype.kind in 'fc')
