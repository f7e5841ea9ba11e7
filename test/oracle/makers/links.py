"""Links: single and multiple reads, writes and deletions."""

import junk

ITEMS = [
    {'id': '«G1»'},
    {'id': '«D1»'},
    {'id': '«T1»'},
    {'h5path': '/g1'},
    {'h5path': 'rel'},
    {'h5path': '/y', 'h5domain': '/home/o.h5'},
    {'h5path': '/y', 'h5domain': 'hdf5://home/o.h5'},
]
BAD_ITEMS = [
    {},
    {'id': '«F.G1»'},
    {'id': 'x'},
    {'id': 5},
    {'h5domain': '/x'},
    {'h5path': ''},
    {'id': '«G1»', 'h5path': '/x'},
    {'class': 'H5L_TYPE_SOFT', 'id': '«G1»'},
    {'class': 'H5L_TYPE_USER_DEFINED'},
    {'id': None},
    {'h5path': 5},
    {'id': 'g-00000000-00000000-0000-000000-000000'},
]


def item(rng):
    """A link to be made; one in four is wrong."""
    return dict(rng.choice(ITEMS if rng.randrange(4) else BAD_ITEMS))


def title(rng, model):
    """A title that is there or not."""
    return rng.choice(model.titles + ['missing', 'with blank', 'ünï', 't1'])


def get_link(rng, model):
    """GET of one link."""
    return model.request(
        'links/get', 'GET', f'/groups/«{rng.choice(model.groups)}»/links/{title(rng, model)}'
    )


def put_link(rng, model):
    """PUT of one link, new or there."""
    name = rng.choice([title(rng, model), f'new{rng.randrange(1000)}', rng.choice(junk.NAMES[2:9])])
    return model.request(
        'links/put', 'PUT', f'/groups/«{rng.choice(model.groups)}»/links/{name}', body=item(rng)
    )


def list_links(rng, model):
    """GET of a group's links."""
    params = []
    if rng.randrange(2):
        params.append(('CreateOrder', rng.choice(['0', '1'])))
    if rng.randrange(2):
        params.append(('Limit', rng.choice(['0', '1', '2', 'x', '-1', ''])))
    if rng.randrange(3) == 0:
        params.append(('Marker', rng.choice(['d1', 'g1', 'none', ''])))
    if rng.randrange(3) == 0:
        params.append(('pattern', rng.choice(['*', 'd*', '?', '[a-g]1', '*a*', 'x[', '[c]1', ''])))
    return model.request(
        'links/list', 'GET', f'/groups/«{rng.choice(model.groups)}»/links', params=tuple(params)
    )


def follow_links(rng, model):
    """GET of all links below a group."""
    params = [('follow_links', '1')]
    if rng.randrange(2):
        params.append(('pattern', rng.choice(['*', 'd*', 't?'])))
    return model.request(
        'links/follow', 'GET', f'/groups/«{rng.choice(model.groups)}»/links', params=tuple(params)
    )


def post_links(rng, model):
    """POST to read several links."""
    body = rng.choice(
        [
            {'titles': rng.sample(['g1', 'd1', 's', 'missing'], rng.randrange(1, 4))},
            {'titles': []},
            {'titles': 'g1'},
            {'titles': [5]},
            {'titles': ['a/b']},
            {},
            {'grp_ids': ['«G1»', '«R»']},
            {'grp_ids': ['«G1»']},
            {'grp_ids': []},
            {'grp_ids': 'x'},
            {'grp_ids': {'«R»': ['g1'], '«G1»': []}},
            {'grp_ids': {'«R»': 'g1', '«G1»': []}},
            {'grp_ids': ['«R»', '«G1»'], 'titles': ['g1']},
            {'group_ids': ['«G1»']},
            {'grp_ids': {'«R»': []}, 'titles': ['g1']},
        ]
    )
    params = rng.choice([(), (), (('CreateOrder', '1'),), (('Limit', '1'),), (('pattern', 'g*'),)])
    return model.request(
        'links/post',
        'POST',
        f'/groups/«{rng.choice(model.groups)}»/links',
        body=body,
        params=params,
    )


def put_links(rng, model):
    """PUT of several links at once."""
    links = {f'm{rng.randrange(100)}': item(rng) for _ in range(rng.randrange(1, 3))}
    body = rng.choice(
        [
            {'links': links},
            {'links': links},
            {'links': {}},
            {'links': []},
            {'links': {'a/b': {'id': '«G1»'}}},
            {'grp_ids': ['«R»', '«G1»'], 'links': links},
            {'grp_ids': ['«R»', '«G1»']},
            {'grp_ids': {'«R»': {'links': links}, '«G1»': {'links': links}}},
            {'grp_ids': []},
            {'grp_ids': {}},
            {'grp_ids': 5, 'links': links},
            {'grp_ids': {'«R»': {}}},
            {'grp_ids': {'«R»': {'links': links}}, 'links': links},
            {'links': {'g1': {'id': '«R»'}}},
        ]
    )
    return model.request(
        'links/put-many', 'PUT', f'/groups/«{rng.choice(model.groups)}»/links', body=body
    )


def delete_link(rng, model):
    """DELETE of one link that is not vital."""
    name = rng.choice(['missing', 'm1', 'm2', 'new1', 's', 'with blank'])
    return model.request(
        'links/delete', 'DELETE', f'/groups/«{rng.choice(model.groups)}»/links/{name}'
    )


def delete_links(rng, model):
    """DELETE of several links."""
    params = rng.choice(
        [
            (('titles', 'm1/m2'),),
            (('titles', 'm3:m4'), ('separator', ':')),
            (),
            (('titles', ''),),
            (('titles', 'missing'),),
        ]
    )
    return model.request(
        'links/delete-many', 'DELETE', f'/groups/«{rng.choice(model.groups)}»/links', params=params
    )


MAKERS = [
    get_link,
    get_link,
    put_link,
    put_link,
    put_link,
    list_links,
    list_links,
    follow_links,
    post_links,
    post_links,
    put_links,
    put_links,
    delete_link,
    delete_links,
]
