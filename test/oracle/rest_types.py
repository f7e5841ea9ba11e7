"""Datatypes of the REST API and values that fit them, right and wrong."""

I4 = {'class': 'H5T_INTEGER', 'base': 'H5T_STD_I32LE'}
F8 = {'class': 'H5T_FLOAT', 'base': 'H5T_IEEE_F64LE'}
S5 = {'class': 'H5T_STRING', 'charSet': 'H5T_CSET_ASCII', 'length': 5, 'strPad': 'H5T_STR_NULLPAD'}
VSTR = {
    'class': 'H5T_STRING',
    'charSet': 'H5T_CSET_UTF8',
    'length': 'H5T_VARIABLE',
    'strPad': 'H5T_STR_NULLTERM',
}
REF = {'class': 'H5T_REFERENCE', 'base': 'H5T_STD_REF_OBJ'}
ENUM = {
    'class': 'H5T_ENUM',
    'base': {'class': 'H5T_INTEGER', 'base': 'H5T_STD_I16LE'},
    'mapping': {'RED': 0, 'GREEN': 1, 'BLUE': 5},
}
BOOL = {
    'class': 'H5T_ENUM',
    'base': {'class': 'H5T_INTEGER', 'base': 'H5T_STD_I8LE'},
    'mapping': {'FALSE': 0, 'TRUE': 1},
}
ROW = {
    'class': 'H5T_COMPOUND',
    'fields': [
        {'name': 'sym', 'type': {'class': 'H5T_STRING', 'charSet': 'H5T_CSET_ASCII', 'length': 4}},
        {'name': 'n', 'type': I4},
        {'name': 'x', 'type': 'H5T_IEEE_F32LE'},
    ],
}
VLEN = {'class': 'H5T_VLEN', 'base': 'H5T_STD_I32LE'}
ARRAY_FIELD = {
    'class': 'H5T_COMPOUND',
    'fields': [
        {'name': 'v', 'type': {'class': 'H5T_ARRAY', 'dims': [2], 'base': F8}},
        {'name': 'k', 'type': 'H5T_STD_U8LE'},
    ],
}
OPAQUE = {'class': 'H5T_OPAQUE', 'size': 4, 'tag': 'four'}

SHORT = [
    f'H5T_STD_{sign}{bits}{order}'
    for sign in 'IU'
    for bits in (8, 16, 32, 64)
    for order in ('LE', 'BE')
] + [f'H5T_IEEE_F{bits}{order}' for bits in (16, 32, 64) for order in ('LE', 'BE')]
GOOD = [I4, F8, S5, VSTR, REF, ENUM, BOOL, ROW, VLEN, ARRAY_FIELD, OPAQUE]
BAD = [
    'H5T_STD_I32',
    'H5T_NATIVE_INT',
    'H5T_FOOBAR',
    'H5T_STD_B8LE',
    'i4',
    '',
    5,
    None,
    [],
    {},
    {'class': 'H5T_INTEGER'},
    {'class': 'H5T_INTEGER', 'base': 'H5T_IEEE_F32LE'},
    {'class': 'H5T_FLOAT', 'base': 'H5T_STD_I8LE'},
    {'class': 'H5T_BITFIELD', 'base': 'H5T_STD_B8LE'},
    {'class': 'H5T_STRING'},
    {'class': 'H5T_STRING', 'length': 5},
    {'class': 'H5T_STRING', 'charSet': 'H5T_CSET_ASCII', 'length': -1},
    {'class': 'H5T_STRING', 'charSet': 'H5T_CSET_LATIN1', 'length': 5},
    {'class': 'H5T_STRING', 'charSet': 'H5T_CSET_ASCII', 'length': '5'},
    {'class': 'H5T_COMPOUND'},
    {'class': 'H5T_COMPOUND', 'fields': []},
    {'class': 'H5T_COMPOUND', 'fields': [{'name': 'a'}]},
    {'class': 'H5T_COMPOUND', 'fields': [{'name': 'a', 'type': I4}, {'name': 'a', 'type': I4}]},
    {'class': 'H5T_COMPOUND', 'fields': [{'name': 'ünï', 'type': I4}]},
    {'class': 'H5T_ENUM', 'base': 'H5T_STD_I8LE', 'mapping': {'A': 1}},
    {'class': 'H5T_ENUM', 'base': I4, 'mapping': {}},
    {'class': 'H5T_ENUM', 'base': I4},
    {'class': 'H5T_ARRAY', 'base': I4},
    {'class': 'H5T_ARRAY', 'dims': 3, 'base': I4},
    {'class': 'H5T_INTEGER', 'base': 'H5T_STD_I32LE', 'dims': [3]},
    {'class': 'H5T_VLEN'},
    {'class': 'H5T_VLEN', 'base': ROW},
    {'class': 'H5T_OPAQUE'},
    {'class': 'H5T_OPAQUE', 'size': 0},
    {'class': 'H5T_TIME'},
    {'class': 5},
    't-foo',
    '«G1»',
    '«D1»',
    '«F.T1»',
    'datatypes/«T1»',
]

ELEMENTS = {
    'H5T_INTEGER': [0, 1, -7, 100, True],
    'H5T_FLOAT': [0.0, 1.5, -2.25, 1e10, 3],
    'H5T_STRING': ['', 'a', 'abc', 'toolong'],
    'H5T_ENUM': [0, 1, 5],
    'H5T_VLEN': [[1, 2], [7]],
    'H5T_REFERENCE': ['', 'groups/«G1»', 'datasets/«D1»'],
    'H5T_OPAQUE': ['ab', 'abcd'],
}


def element(rng, kind):
    """One element in JSON of a type given as an object."""
    if kind is ROW:
        return [rng.choice(['aa', 'bb', 'cc']), rng.randrange(10), rng.choice([0.5, 1.5])]
    if kind is ARRAY_FIELD:
        return [[1.5, rng.randrange(9)], rng.randrange(200)]
    if kind is BOOL:
        return rng.choice([True, False, 1, 0])
    return rng.choice(ELEMENTS[kind['class']])


def nested(rng, kind, shape):
    """A value in JSON of a type and a shape, nested like the shape."""
    if not shape:
        return element(rng, kind)
    return [nested(rng, kind, shape[1:]) for _ in range(shape[0])]


def size(kind):
    """Bytes of one element, or 0 if it varies."""
    if kind is ROW:
        return 12
    if kind is ARRAY_FIELD:
        return 17
    if kind in (VSTR, VLEN):
        return 0
    return {
        'H5T_INTEGER': 4,
        'H5T_FLOAT': 8,
        'H5T_STRING': 5,
        'H5T_REFERENCE': 48,
        'H5T_OPAQUE': 4,
        'H5T_ENUM': 1 if kind is BOOL else 2,
    }[kind['class']]
