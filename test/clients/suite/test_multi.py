"""MultiManager: many datasets at once."""

import h5pyd
import numpy as np
import pytest

COUNT = 5


@pytest.fixture
def datasets(opened, settle):
    """Some datasets of one file, with different values, open for writing."""
    file = opened('w')
    for i in range(COUNT):
        file.create_dataset(f'd{i}', data=np.arange(20, dtype='i4') + 100 * i)
    settle(file)
    return [file[f'd{i}'] for i in range(COUNT)]


def test_reading_everything(datasets):
    found = h5pyd.MultiManager(datasets)[...]
    assert len(found) == COUNT
    for i, values in enumerate(found):
        assert values.tolist() == list(range(100 * i, 100 * i + 20))


def test_reading_one_selection(datasets):
    for i, values in enumerate(h5pyd.MultiManager(datasets)[5:9]):
        assert values.tolist() == [100 * i + n for n in range(5, 9)]


def test_reading_a_selection_each(datasets):
    selections = [slice(i, i + 2) for i in range(COUNT)]
    for i, values in enumerate(h5pyd.MultiManager(datasets)[selections]):
        assert values.tolist() == [101 * i, 101 * i + 1]


def test_writing(datasets, opened):
    h5pyd.MultiManager(datasets)[...] = [np.full(20, -i, 'i4') for i in range(COUNT)]
    datasets[0].file.close()
    file = opened('r')
    for i in range(COUNT):
        assert file[f'd{i}'][...].tolist() == [-i] * 20


def test_writing_a_selection(datasets, opened):
    h5pyd.MultiManager(datasets)[2:4] = [np.array([7, 8], 'i4') for _ in range(COUNT)]
    datasets[0].file.close()
    file = opened('r')
    for i in range(COUNT):
        assert file[f'd{i}'][1:5].tolist() == [100 * i + 1, 7, 8, 100 * i + 4]


def test_one_dataset(datasets):
    assert h5pyd.MultiManager(datasets[:1])[3:5][0].tolist() == [3, 4]
