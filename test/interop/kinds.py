"""The element types that are exchanged: type JSON, and elements as the bytes of the wire.

`elements(count, root)` gives `count` elements, each as bytes (part 3 of the reference, section 8),
`root` being an id that references may point to; `empty` is an element that was never written.
"""

import struct
from typing import Callable, NamedTuple

import numpy as np


class Kind(NamedTuple):
    """One element type."""

    name: str
    type: object
    elements: Callable
    empty: bytes
    text: bool = True  # values can be told in JSON
    variable: bool = False


def number(base):
    """Type JSON of a number: 'i4le', 'f8be'."""
    letter, size, order = base[0], int(base[1]), base[2:].upper()
    name = {'i': 'STD_I', 'u': 'STD_U', 'f': 'IEEE_F'}[letter]
    return {'class': 'H5T_FLOAT' if letter == 'f' else 'H5T_INTEGER',
            'base': f'H5T_{name}{8 * size}{order}'}


def numbers(base, count):
    """Values with extremes at the front, as an array of the declared byte order."""
    dtype = np.dtype(('<' if base.endswith('le') else '>') + base[:2])
    if base[0] == 'f':
        special = [np.nan, np.inf, -np.inf, -0.0, np.finfo(dtype).tiny, np.finfo(dtype).max]
        plain = np.arange(count) * 0.37 - 11
        return np.concatenate([special, plain])[:count].astype(dtype)
    info = np.iinfo(dtype)
    plain = [(at * 37 + 11) % min(info.max, 30011) for at in range(count)]
    return np.array(([info.max, info.min, 1] + plain)[:count], dtype=dtype)


def pieces(array):
    """An array's elements as bytes each."""
    size = array.dtype.itemsize
    data = array.tobytes()
    return [data[at:at + size] for at in range(0, len(data), size)]


def string(length, charset='ASCII', pad='NULLPAD'):
    """Type JSON of a string; length 'H5T_VARIABLE' or bytes."""
    return {'class': 'H5T_STRING', 'charSet': f'H5T_CSET_{charset}', 'strPad': f'H5T_STR_{pad}',
            'length': length}


def compound(**fields):
    """Type JSON of a compound."""
    return {'class': 'H5T_COMPOUND',
            'fields': [{'name': name, 'type': kind} for name, kind in fields.items()]}


def enum(base, **mapping):
    """Type JSON of an enumeration."""
    return {'class': 'H5T_ENUM', 'base': number(base), 'mapping': mapping}


def counted(data):
    """A variable-length element."""
    return struct.pack('<i', len(data)) + data


def word(at, letters='abcdefg'):
    """A short text that differs from element to element."""
    return (letters[at % len(letters)] * (at % 4) + str(at))


def scalar_kind(base):
    """A number type."""
    return Kind(base, number(base), lambda count, _: pieces(numbers(base, count)),
                bytes(int(base[1])))


def fixed(name, kind, size, texts):
    """A fixed-size text type; `texts(at)` gives bytes of at most `size`."""
    return Kind(name, kind, lambda count, _: [texts(at)[:size].ljust(size, b'\0')
                                              for at in range(count)], bytes(size))


def sequence(name, base, make):
    """A sequence type whose element `at` holds the `at % 4` pieces that `make` gives."""
    def elements(count, root):
        return [counted(b''.join(make(at % 4, root))) for at in range(count)]
    return Kind(name, {'class': 'H5T_VLEN', 'base': base}, elements, bytes(4), variable=True)


def record(name, kind, columns, empty, **more):
    """A compound type; each column gives its share of every element."""
    def elements(count, root):
        return [b''.join(parts) for parts in zip(*(column(count, root) for column in columns))]
    return Kind(name, kind, elements, empty, **more)


def column(base):
    """A compound's column of numbers, without NaN so that comparisons stay simple."""
    def make(count, _root):
        return pieces(np.arange(3, count + 3).astype(numbers(base, 1).dtype))
    return make


def arrays(base, length):
    """A compound's column of arrays."""
    def make(count, _root):
        flat = pieces(np.arange(count * length).astype(numbers(base, 1).dtype))
        return [b''.join(flat[at * length:(at + 1) * length]) for at in range(count)]
    return make


def texts(size):
    """A compound's column of fixed strings."""
    return lambda count, _: [word(at).encode()[:size].ljust(size, b'\0') for at in range(count)]


def flags(count, _root):
    """A compound's column of booleans."""
    return [bytes([at % 2]) for at in range(count)]


def words(count, _root):
    """A compound's column of variable strings."""
    return [counted(word(at, 'aé八').encode()) for at in range(count)]


def references(count, root):
    """Object references, every third one null."""
    return [(b'' if at % 3 == 2 else f'groups/{root}'.encode()).ljust(48, b'\0')
            for at in range(count)]


def reference(base='H5T_STD_REF_OBJ'):
    """Type JSON of a reference, as h5pyd sends it."""
    return {'class': 'H5T_REFERENCE', 'base': base} | {
        'charSet': 'H5T_CSET_ASCII', 'length': 48, 'strPad': 'H5T_STR_NULLPAD'}


BOOL = enum('i1le', FALSE=0, TRUE=1)
COLOURS = {'RED': 0, 'GREEN': 1, 'BLUE': 5}
VTEXT = string('H5T_VARIABLE', 'UTF8', 'NULLTERM')
INNER = compound(a='H5T_STD_I16LE', b=number('f4le'))


def sequences_of(base):
    """A compound's column of sequences of numbers."""
    def make(count, _root):
        return [counted(b''.join(column(base)(at % 4, None))) for at in range(count)]
    return make


KINDS = [
    *map(scalar_kind, ['i1le', 'u1le', 'i2le', 'u2le', 'i4le', 'u4le', 'i8le', 'u8le']),
    *map(scalar_kind, ['i2be', 'u2be', 'i4be', 'u4be', 'i8be', 'u8be']),
    *map(scalar_kind, ['f2le', 'f4le', 'f8le', 'f2be', 'f4be', 'f8be']),
    fixed('ascii nullpad', string(5), 5, lambda at: word(at).encode()),
    fixed('ascii nullterm', string(6, pad='NULLTERM'), 6, lambda at: word(at).encode()),
    fixed('ascii spacepad', string(4, pad='SPACEPAD'), 4, lambda at: word(at).encode()),
    fixed('utf8 fixed', string(12, 'UTF8'), 12, lambda at: word(at, 'é八x').encode()),
    Kind('vstr ascii', string('H5T_VARIABLE', pad='NULLTERM'),
         lambda count, _: [counted(word(at).encode()) for at in range(count)], bytes(4),
         variable=True),
    Kind('vstr utf8', VTEXT, words, bytes(4), variable=True),
    Kind('bool', BOOL, flags, b'\0'),
    Kind('enum i2le', enum('i2le', **COLOURS),
         lambda count, _: pieces(np.resize(np.array([0, 1, 5], '<i2'), count)), bytes(2)),
    Kind('enum u4be', enum('u4be', **COLOURS),
         lambda count, _: pieces(np.resize(np.array([5, 1, 0], '>u4'), count)), bytes(4)),
    fixed('opaque text', {'class': 'H5T_OPAQUE', 'size': 7, 'tag': 'note'}, 7,
          lambda at: word(at).encode()),
    Kind('opaque raw', {'class': 'H5T_OPAQUE', 'size': 3},
         lambda count, _: [bytes([255 - at % 7, 128, at % 256]) for at in range(count)], bytes(3),
         text=False),
    Kind('reference', reference(), references, bytes(48)),
    fixed('region reference', reference('H5T_STD_REF_DSETREG'), 48, lambda at: word(at).encode()),
    record('compound', compound(i=number('i4le'), x='H5T_IEEE_F64LE', s=string(3)),
           [column('i4le'), column('f8le'), texts(3)], bytes(15)),
    record('compound be', compound(i=number('u2be'), x=number('f4be')),
           [column('u2be'), column('f4be')], bytes(6)),
    record('compound nested', compound(one=INNER, two=compound(c=INNER, d=BOOL)),
           [column('i2le'), column('f4le')] * 2 + [flags], bytes(13)),
    record('compound arrays',
           compound(p={'class': 'H5T_ARRAY', 'dims': [2], 'base': 'H5T_IEEE_F64LE'},
                    q={'class': 'H5T_ARRAY', 'dims': [2, 3], 'base': number('i2be')},
                    n={'class': 'H5T_ARRAY', 'dims': [2], 'base': string(2)}),
           [arrays('f8le', 2), arrays('i2be', 6), texts(2), texts(2)], bytes(32)),
    record('compound with reference', compound(r=reference(), e=enum('i2le', **COLOURS)),
           [references, lambda count, _: [b'\1\0'] * count], bytes(50)),
    record('complex', compound(r=number('f8le'), i=number('f8le')),
           [column('f8le'), column('f8le')], bytes(16)),
    record('compound vlen',
           compound(i=number('i4le'), s=VTEXT,
                    v={'class': 'H5T_VLEN', 'base': number('i2be')}, n=string(4)),
           [column('i4le'), words, sequences_of('i2be'), texts(4)], bytes(16), variable=True),
    record('compound vlen nested', compound(o=compound(s=VTEXT, i=number('i8le')), k=VTEXT),
           [words, column('i8le'), words], bytes(16), variable=True),
    record('compound vlen be', compound(i=number('u4be'), s=VTEXT),
           [column('u4le'), words], bytes(8), variable=True),
    record('compound vlen single', compound(s=VTEXT), [words], bytes(4), variable=True),
    *(sequence(f'sequence {base}', number(base), lambda n, _, b=base: column(b)(n, None))
      for base in ['u1le', 'i2le', 'i4be', 'i8le', 'f4le', 'f8be']),
    sequence('sequence strings', string(4), lambda n, _: texts(4)(n, None)),
    sequence('sequence references', reference(), references),
    sequence('sequence enum', enum('i2le', **COLOURS), lambda n, _: [b'\5\0'] * n),
]
BY_NAME = {kind.name: kind for kind in KINDS}
