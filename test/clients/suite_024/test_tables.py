"""Tables of the 0.24 client: appending, queries on the server, cursors."""

import h5pyd
import numpy as np
import pytest

DTYPE = np.dtype([('symbol', 'S4'), ('date', 'S8'), ('open', 'i4'), ('close', 'i4')])
ROWS = [
    ('EBAY', '20170102', 3023, 3088), ('AAPL', '20170102', 3054, 2933),
    ('AMZN', '20170102', 2973, 3011), ('EBAY', '20170103', 3042, 3128),
    ('AAPL', '20170103', 3182, 3034), ('AMZN', '20170103', 3021, 2788),
    ('EBAY', '20170104', 2798, 2876), ('AAPL', '20170104', 2834, 2867),
    ('AMZN', '20170104', 2891, 2978), ('EBAY', '20170105', 2973, 2962),
    ('AAPL', '20170105', 2934, 3010), ('AMZN', '20170105', 3018, 3086)]


@pytest.fixture
def table(opened):
    """A table of twelve rows, open for writing."""
    file = opened('w')
    made = file.create_table('t', numrows=0, dtype=DTYPE, maxshape=(None,))
    made.append(np.array(ROWS, DTYPE))
    return made


def indices(found):
    """The row numbers that a query found."""
    return [int(row[0]) for row in found]


def test_a_table_is_described(table):
    assert isinstance(table, h5pyd.Table)
    assert table.colnames == ['symbol', 'date', 'open', 'close'] and table.nrows == 12
    assert table.dtype == DTYPE


def test_append_grows(table, opened):
    table.append(np.array([('NEW', '20170106', 1, 2)], DTYPE))
    table.append([('NEW2', '20170107', 3, 4), ('NEW3', '20170108', 5, 6)])
    assert table.nrows == 15
    table.file.close()
    found = opened('r')['t']
    assert found.shape == (15,) and found[12]['symbol'] == b'NEW' and found[14]['close'] == 6


def test_append_with_variable_strings(opened):
    dtype = np.dtype([('n', 'i4'), ('text', h5pyd.string_dtype())])
    with opened('w') as file:
        made = file.create_table('t', numrows=0, dtype=dtype, maxshape=(None,))
        made.append([(1, 'one'), (2, 'ünïcödé')])
        made.append([(3, '')])
    with opened('r') as file:
        found = file['t'][...]
        assert found['n'].tolist() == [1, 2, 3]
        assert found['text'][1] in ('ünïcödé', 'ünïcödé'.encode())


@pytest.mark.parametrize('maxshape', [None, (12,)])
def test_append_beyond_the_maximum_fails(opened, maxshape):
    with opened('w') as file:
        file.create_dataset('t', (12,), DTYPE, maxshape=maxshape)
        with pytest.raises((OSError, RuntimeError)):
            file['t'].append(np.array(ROWS[:1], DTYPE))
    with opened('r') as file:
        assert file['t'].nrows == 12


def test_reading(table):
    assert table.read().tolist() == np.array(ROWS, DTYPE).tolist()
    assert table.read(start=2, stop=4)['symbol'].tolist() == [b'AMZN', b'EBAY']
    assert table.read(field='open').tolist() == [row[2] for row in ROWS]


@pytest.mark.parametrize('condition, expected', [
    ("symbol == b'AAPL'", [1, 4, 7, 10]), ('open > 3000', [0, 1, 3, 4, 5, 11]),
    ("(open > 3000) & (symbol == b'EBAY')", [0, 3]), ("(open < 2800) | (open > 3150)", [4, 6]),
    ("symbol != b'AAPL'", [0, 2, 3, 5, 6, 8, 9, 11]), ('open == 0', []), ('open >= 3182', [4]),
    ("date == b'20170105'", [9, 10, 11]), ("symbol > b'AMZN'", [0, 3, 6, 9])])
def test_read_where(table, condition, expected):
    found = table.read_where(condition)
    assert indices(found) == expected
    assert [row.tolist()[1:] for row in found] == [
        (s.encode(), d.encode(), o, c) for s, d, o, c in (ROWS[i] for i in expected)]


@pytest.mark.hsds_fault('an unparenthesised or worded condition gives an empty 200')
@pytest.mark.parametrize('condition, expected', [
    ("open > 3000 AND symbol == b'EBAY'", [0, 3]), ('open < 2800 OR open > 3150', [4, 6]),
    ('3150 < open', [4]), ('open > close', [1, 4, 5, 9]), ("symbol == 'AAPL'", [1, 4, 7, 10])])
def test_read_where_with_the_whole_grammar(table, condition, expected):
    assert indices(table.read_where(condition)) == expected


@pytest.mark.parametrize('condition', [
    "where symbol in (b'AAPL', b'EBAY')", "open > 3000 where symbol in (b'AAPL', b'EBAY')"])
def test_read_where_in(table, condition):
    found = [i for i, row in enumerate(ROWS) if row[0] in ('AAPL', 'EBAY')
             and ('open' not in condition or row[2] > 3000)]
    assert indices(table.read_where(condition)) == found


def test_read_where_with_limit_and_range(table):
    assert indices(table.read_where("symbol == b'AAPL'", limit=2)) == [1, 4]
    assert indices(table.read_where("symbol == b'AAPL'", start=2, stop=8)) == [4, 7]


@pytest.mark.parametrize('condition', [
    'nonsense', 'unknown > 3', 'open @ 12', 'open = 12', '(open > 1'])
def test_bad_conditions_are_refused(table, condition):
    with pytest.raises(OSError):
        table.read_where(condition)


def test_update_where(table, opened):
    changed = table.update_where("symbol == b'AAPL'", {'open': 999})
    assert list(changed) == [1, 4, 7, 10]
    table.file.close()
    found = opened('r')['t'][...]
    assert [row['open'] for row in found if row['symbol'] == b'AAPL'] == [999] * 4
    assert [row['open'] for row in found if row['symbol'] == b'EBAY'] == [3023, 3042, 2798, 2973]


def test_update_where_with_limit(table):
    assert list(table.update_where("symbol == b'AAPL'", {'open': 999}, limit=1)) == [1]
    assert table[4]['open'] == 3182


@pytest.mark.hsds_fault('rows of the edge chunk beyond the extent are updated')
def test_update_where_without_hits(table):
    assert table.update_where('open == 0', {'open': 1}) is None
    assert table.read().tolist() == np.array(ROWS, DTYPE).tolist()


@pytest.mark.hsds_fault('the selection is ignored')
def test_update_where_in_a_range(table):
    assert list(table.update_where("symbol == b'AAPL'", {'open': 5}, start=2, stop=8)) == [4, 7]


def test_cursors(table):
    assert [row['open'] for row in table.create_cursor()] == [row[2] for row in ROWS]
    assert [row['open'] for row in table.create_cursor(start=3, stop=5)] == [3042, 3182]
    cursor = table.create_cursor(condition="symbol == b'AMZN'")
    assert [row['open'] for row in cursor] == [2973, 3021, 2891, 3018]


def test_a_table_must_be_compound_and_one_dimensional(opened):
    with opened('w') as file:
        with pytest.raises((ValueError, TypeError)):
            file.create_table('t', numrows=3, dtype='i4')
