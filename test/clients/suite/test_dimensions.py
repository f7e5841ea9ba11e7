"""Dimension labels and scales."""

import numpy as np
import pytest


def bare_id(obj):
    """An object's id, without the collection that the 1.0 client keeps from a reference."""
    return obj.id.uuid.split('/')[-1]


@pytest.fixture
def scaled(opened):
    """A file open for writing with a dataset and two scales attached to it."""
    file = opened('w')
    file['data'] = np.ones((4, 3), 'f4')
    file['x'] = np.arange(4)
    file['y'] = np.arange(3) * 10
    file['x'].make_scale('x name')
    file['y'].make_scale()
    file['data'].dims[0].attach_scale(file['x'])
    file['data'].dims[1].attach_scale(file['y'])
    return file


def test_labels(written):
    def write(file):
        file['data'] = np.ones((4, 3, 2), 'f4')
        file['data'].dims[0].label = 'z'
        file['data'].dims[2].label = 'ünïcödé'
    dims = written(write)['data'].dims
    assert [dim.label for dim in dims] == ['z', '', 'ünïcödé'] and len(dims) == 3


def test_attached_scales_are_found(scaled, opened):
    scaled.close()
    file = opened('r')
    dims = file['data'].dims
    assert len(dims[0]) == 1 and dims[0].keys() == ['x name']
    assert dims[0][0][...].tolist() == [0, 1, 2, 3]
    assert bare_id(dims[0]['x name']) == bare_id(file['x'])
    assert dims[1][0][...].tolist() == [0, 10, 20]


def test_the_attributes_of_the_convention(scaled, opened):
    scaled.close()
    file = opened('r')
    assert file['x'].attrs['CLASS'] in (b'DIMENSION_SCALE', 'DIMENSION_SCALE')
    assert 'REFERENCE_LIST' in file['x'].attrs and 'DIMENSION_LIST' in file['data'].attrs
    assert file['x'].attrs['NAME'] in (b'x name', 'x name')


def test_detaching(scaled, opened):
    scaled['data'].dims[0].detach_scale(scaled['x'])
    assert len(scaled['data'].dims[0]) == 0
    scaled.close()
    file = opened('r')
    assert len(file['data'].dims[0]) == 0 and len(file['data'].dims[1]) == 1


def test_two_scales_on_one_dimension(scaled, opened):
    scaled['other'] = np.arange(4) / 2
    scaled['other'].make_scale('other')
    scaled['data'].dims[0].attach_scale(scaled['other'])
    scaled.close()
    file = opened('r')
    assert sorted(file['data'].dims[0].keys()) == ['other', 'x name']
    assert dict(file['data'].dims[0].items())['other'][...].tolist() == [0, 0.5, 1, 1.5]


def test_one_scale_for_two_datasets(scaled, opened):
    scaled['more'] = np.zeros((4,))
    scaled['more'].dims[0].attach_scale(scaled['x'])
    scaled.close()
    file = opened('r')
    scales = [bare_id(file[name].dims[0][0]) for name in ('more', 'data')]
    assert scales == [bare_id(file['x'])] * 2
    assert len(file['x'].attrs['REFERENCE_LIST']) == 2


def test_attaching_no_scale_fails(opened):
    with opened('w') as file:
        file['data'] = np.ones((4,))
        with pytest.raises((RuntimeError, KeyError, TypeError, OSError, AttributeError)):
            file['data'].dims[0].attach_scale(file['data'])
