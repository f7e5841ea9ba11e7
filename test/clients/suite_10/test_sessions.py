"""What is special to the 1.0 client: pending writes, SWMR, points, ids made by the client."""

import h5pyd
import numpy as np
import pytest


def test_ids_belong_to_the_root(opened):
    with opened('w') as file:
        root = file.id.uuid
        ids = [file.create_group('g').id.uuid, file.create_dataset('d', data=1).id.uuid]
        file['t'] = np.dtype('f4')
        ids.append(file['t'].id.uuid)
    with opened('r') as file:
        assert [file[name].id.uuid for name in 'gdt'] == ids
        assert {identity[2:19] for identity in ids} == {root[2:19]}


def test_r_plus_makes_a_missing_file(opened):
    with opened('r+') as file:
        file.attrs['a'] = 1
    with opened('r') as file:
        assert file.attrs['a'] == 1


def test_nothing_is_sent_before_a_flush(opened):
    with opened('w') as file:
        file.flush()
        file.create_group('g')
        with opened('r') as reader:
            assert list(reader) == []
        file.flush()
        with opened('r') as reader:
            assert list(reader) == ['g']


def test_several_flushes_send_each_change_once(opened):
    with opened('w') as file:
        for i in range(4):
            file.create_group(f'g{i}').attrs['i'] = i
            file.create_dataset(f'd{i}', data=np.arange(i + 1))
            file[f's{i}'] = h5pyd.SoftLink(f'/g{i}')
            file.flush()
    with opened('r') as file:
        assert len(file) == 12
        assert [file[f'g{i}'].attrs['i'] for i in range(4)] == [0, 1, 2, 3]
        assert [file[f'd{i}'].shape for i in range(4)] == [(1,), (2,), (3,), (4,)]


def test_sessions_that_follow_each_other_add_up(opened):
    opened('w').close()
    for i in range(4):
        with opened('a') as file:
            file.require_group('g').attrs[f'a{i}'] = f'value {i}'
            file['g'].create_dataset(f'd{i}', data=np.full(3, i))
    with opened('r') as file:
        assert dict(file['g'].attrs) == {f'a{i}': f'value {i}' for i in range(4)}
        assert [file[f'g/d{i}'][0] for i in range(4)] == [0, 1, 2, 3]


def test_more_than_three_hundred_objects(opened):
    with opened('w') as file:
        for i in range(310):
            file.create_group(f'g{i:03}')
        for i in range(20):
            file.create_dataset(f'd{i:03}', data=np.arange(i + 1))
    with opened('r') as file:
        assert len(file) == 330 and file['d019'].shape == (20,)


@pytest.mark.parametrize('count', [10, 511, 512, 513, 100_000])
def test_initial_values_around_the_inline_limit(opened, count):
    """Below 4096 bytes values travel in the creation request, above in a request of their own."""
    values = np.arange(count, dtype='i8')
    with opened('w') as file:
        file['d'] = values
    with opened('r') as file:
        assert np.array_equal(file['d'][...], values)


@pytest.mark.parametrize('values', [
    0, 42, -1.5, 'text', '', True, False, np.zeros(3), np.array([b'a', b''], 'S3'),
    np.array([(42, b'C')], [('n', 'i4'), ('s', 'S1')])], ids=repr)
def test_initial_values_of_many_types(opened, values):
    with opened('w') as file:
        file['d'] = values
    with opened('r') as file:
        found = file['d'].asstr()[()] if isinstance(values, str) else file['d'][()]
        assert np.array_equal(found, values)


def test_a_reader_sees_new_extents_after_refresh(opened):
    with opened('w') as writer:
        dset = writer.create_dataset('d', data=np.arange(4), maxshape=(None,))
        writer.flush()
        with opened('r', swmr=True) as reader:
            assert reader.swmr_mode
            seen = reader['d']
            assert seen.shape == (4,)
            for size in (6, 9):
                dset.resize((size,))
                dset[...] = np.arange(size)
                writer.flush()
                seen.refresh()
                assert seen.shape == (size,)
                assert seen[...].tolist() == list(range(size))


def test_refresh_shows_new_attributes_and_links(opened):
    with opened('w') as writer:
        writer.create_group('g')
        writer.flush()
        with opened('r', swmr=True) as reader:
            group = reader['g']
            assert len(group) == 0
            writer['g'].attrs['late'] = 1
            writer['g'].create_group('new')
            writer.flush()
            group.refresh()
            assert list(group) == ['new'] and group.attrs['late'] == 1


def test_swmr_mode_can_be_turned_on(opened):
    with opened('w') as file:
        file['d'] = np.arange(3)
        assert not file.swmr_mode
        file.swmr_mode = True
        assert file.swmr_mode


def test_points(opened):
    model = np.arange(200).reshape(10, 20)
    with opened('w') as file:
        file['d'] = model
    with opened('r') as file:
        mask = model % 13 == 5
        assert np.array_equal(file['d'][mask], model[mask])


def test_track_order_survives(opened):
    names = ['z', 'a', 'm', 'k']
    with opened('w', track_order=True) as file:
        for name in names:
            file.attrs[name] = name
            file.create_group(name)
            file.flush()
    with opened('r', track_order=True) as file:
        assert list(file) == names and list(file.attrs) == names


def test_a_named_type_of_a_dataset_is_complete(opened):
    with opened('w') as file:
        file['t'] = np.dtype([('a', 'i4')])
        file.create_dataset('d', (2,), dtype=file['t'])
    with opened('r') as file:
        assert file['d'].dtype == np.dtype([('a', 'i4')])


def test_groups_keep_their_creation_times(opened):
    with opened('w') as file:
        file.create_group('first')
        file.create_group('second')
        before = file['first'].created
    with opened('r') as file:
        assert file['first'].created <= file['second'].created
        assert abs((file['first'].created - before).total_seconds()) < 10
