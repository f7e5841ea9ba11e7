"""Queries and tables of the 1.0 client, before and after the rows reached the service."""

import h5pyd
import numpy as np
import pytest

DTYPE = np.dtype([('name', 'S3'), ('n', 'i4'), ('x', 'f8')])
ROWS = np.array([(b'a%d' % (i % 3), i, i / 4) for i in range(50)], DTYPE)
CONDITIONS = [
    ('n > 40', ROWS['n'] > 40), ('n == 7', ROWS['n'] == 7), ('n == 999', ROWS['n'] == 999),
    ("name == b'a1'", ROWS['name'] == b'a1'), ('x <= 1.5', ROWS['x'] <= 1.5),
    ('n >= 10 AND n < 13', (ROWS['n'] >= 10) & (ROWS['n'] < 13)),
    ('n < 2 OR n > 47', (ROWS['n'] < 2) | (ROWS['n'] > 47)),
    ("(n > 30) AND (name != b'a0')", (ROWS['n'] > 30) & (ROWS['name'] != b'a0'))]


@pytest.fixture(params=['pending', 'stored'])
def reopen(request, opened):
    """Gives the table of fifty rows in a mode: still pending in the client, or from the service."""
    file = opened('w')
    made = file.create_table('t', dtype=DTYPE, numrows=50, maxshape=(None,))
    made[...] = ROWS

    def open_table(mode):
        if request.param == 'pending':
            return made
        file.close()
        return opened(mode)['t']
    return open_table


@pytest.fixture
def table(reopen):
    """The table, for reading."""
    return reopen('r')


@pytest.fixture
def writable(reopen):
    """The table, for writing."""
    return reopen('r+')


def test_a_table_is_described(table):
    assert isinstance(table, h5pyd.Table)
    assert table.nrows == 50 and table.colnames == ['name', 'n', 'x']


@pytest.mark.parametrize('condition, chosen', CONDITIONS, ids=[c for c, _ in CONDITIONS])
def test_query_gives_the_row_numbers(table, condition, chosen):
    assert np.ravel(table.query(condition)).tolist() == np.flatnonzero(chosen).tolist()
    assert table.get_where_list(condition) == np.flatnonzero(chosen).tolist()


def test_query_with_a_limit_and_a_selection(table):
    assert table.get_where_list('n > 3', limit=4) == [4, 5, 6, 7]
    assert table.get_where_list('n > 3', start=20, stop=23) == [20, 21, 22]


# The client takes an empty reply for an error.
@pytest.mark.parametrize('condition, chosen', [pair for pair in CONDITIONS if pair[1].any()],
                         ids=[c for c, chosen in CONDITIONS if chosen.any()])
def test_read_where_gives_the_rows(table, condition, chosen):
    found = [row['n'] for row in table.read_where(condition)]
    assert found == ROWS[chosen]['n'].tolist()


def test_read_where_with_a_limit(table):
    assert [row['n'] for row in table.read_where('n > 3', limit=4)] == [4, 5, 6, 7]


@pytest.mark.parametrize('condition', ['unknown > 3', 'n >', 'n @ 12'])
def test_bad_conditions_are_refused(table, condition):
    with pytest.raises((ValueError, OSError, KeyError)):
        table.query(condition)


def test_reading(table):
    assert [row['n'] for row in table.read()] == list(range(50))
    assert [row['n'] for row in table.read(start=5, stop=8)] == [5, 6, 7]


def test_append(writable, opened):
    writable.append(np.array([(b'new', 100, 0.5), (b'', -1, 1e300)], DTYPE))
    assert writable.nrows == 52
    writable.file.close()
    found = opened('r')['t']
    assert found.shape == (52,) and found[50]['name'] == b'new' and found[51]['n'] == -1
    assert np.array_equal(found[:50], ROWS)


def test_update_where(writable, opened):
    writable.update_where("name == b'a1'", {'n': -5})
    writable.file.close()
    found = opened('r')['t'][...]
    chosen = ROWS['name'] == b'a1'
    assert (found['n'][chosen] == -5).all() and (found['n'][~chosen] == ROWS['n'][~chosen]).all()
    assert np.array_equal(found['x'], ROWS['x'])


def test_queries_on_plain_datasets(opened):
    model = np.arange(200).reshape(10, 20) % 17
    with opened('w') as file:
        file['d'] = model
    with opened('r') as file:
        found = [tuple(index) for index in file['d'].query('_ == 5')]
        assert found == [tuple(index) for index in np.argwhere(model == 5)]
