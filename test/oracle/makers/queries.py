"""Queries: rows by condition, and updates of rows."""

BINARY = (('Accept', 'application/octet-stream'),)
CONDITIONS = [
    'n > 3',
    'n == 5',
    "sym == b'aa'",
    "(n > 2) & (sym == b'bb')",
    '(n < 3) | (n > 7)',
    'n >= 0',
    'x == 1.5',
    'n != 4',
    "sym > b'aa'",
    'n > 100',
    'x <= 0.5',
]
IN_LISTS = ['where n in (1, 2, 5)', "where sym in (b'aa', b'cc')", 'n > 2 where n in (3, 4)']
BAD_CONDITIONS = [
    'foobar',
    'n',
    'n >',
    'open > 3',
    'n = 2',
    'n @ 2',
    "import os; print('x')",
    '(n > 1',
    '',
    'n >> 2',
    '== 3',
    'n > 2 AND',
    '1 + 1 = 2',
]


def condition(rng):
    """A condition on the rows of D3; one in four is wrong."""
    return rng.choice(CONDITIONS if rng.randrange(4) else BAD_CONDITIONS)


def get_query(rng, model):
    """GET of the rows that satisfy a condition."""
    params = [('query', condition(rng) if rng.randrange(5) else rng.choice(IN_LISTS))]
    if rng.randrange(3) == 0:
        params.append(('Limit', rng.choice(['1', '2', '0', '-1', 'x', '100'])))
    if rng.randrange(3) == 0:
        params.append(('select', rng.choice(['[0:4]', '[2:8]', '[:]', '[3]', '[0:100]', 'x'])))
    if rng.randrange(4) == 0:
        params.append(('fields', rng.choice(['n', 'sym:x', 'nothing', 'sym'])))
    return model.request(
        'queries/get',
        'GET',
        '/datasets/«D3»/value',
        params=tuple(params),
        headers=rng.choice([(), (), BINARY]),
    )


def get_elsewhere(rng, model):
    """GET with a query on a dataset that has no fields, or more dimensions."""
    symbol = rng.choice(['D1', 'D2', 'D5'])
    return model.request(
        'queries/elsewhere',
        'GET',
        f'/datasets/«{symbol}»/value',
        params=(('query', condition(rng)),),
    )


def put_query(rng, model):
    """PUT that updates the rows that satisfy a condition (HSDS takes 13 s to fail on IN lists)."""
    body = rng.choice(
        [
            {'n': rng.randrange(10)},
            {'n': 7, 'x': 0.5},
            {'sym': 'zz'},
            {'nothing': 1},
            {},
            {'n': 'x'},
            {'n': [1, 2]},
            {'n': None},
            {'n': 3, 'nothing': 1},
        ]
    )
    params = [('query', condition(rng))]
    if rng.randrange(3) == 0:
        params.append(('Limit', rng.choice(['1', '2', 'x', '0'])))
    return model.request(
        'queries/put',
        'PUT',
        '/datasets/«D3»/value',
        params=tuple(params),
        body=body,
        headers=rng.choice([(), (), BINARY]),
    )


MAKERS = [get_query, get_query, get_query, get_elsewhere, put_query, put_query]
