"""The command line tools that come with h5pyd, run as a user would run them."""

import os
import pathlib
import shutil
import subprocess
import sys
from typing import NamedTuple

import pytest
import service as services

ZOO = services.SAMPLES / 'zoo'
TALL = ZOO / 'tall.h5'
BIN = pathlib.Path(sys.executable).parent

pytestmark = pytest.mark.skipif(
    not services.SAMPLES.is_dir(), reason=f'no sample files: {services.SAMPLES} is missing')


class Done(NamedTuple):
    """A finished tool."""

    status: int
    text: str


@pytest.fixture
def tool(service):
    """Runs a tool: tool('hsls', '-r', path) gives its exit status and output."""
    def run(name, *arguments):
        done = subprocess.run([BIN / name, *map(str, arguments)], capture_output=True, text=True,
                              env=service.client_environment(), timeout=120)
        return Done(done.returncode, done.stdout + done.stderr)
    return run


@pytest.fixture
def tall(tool, domain):
    """The path of a freshly loaded tall.h5."""
    assert tool('hsload', TALL, domain) == (0, '')
    return domain


def names(tool, folder):
    """What hsls -n lists in a folder."""
    done = tool('hsls', '-n', folder)
    assert done.status == 0
    return [name.rstrip('/') for name in done.text.split()]


def subfolder(tool, domain):
    """A folder of this test's own."""
    path = domain + '-dir/'
    assert tool('hstouch', path).status == 0
    return path


def test_hsinfo_tells_state_version_user_and_home(tool, service):
    done = tool('hsinfo')
    assert done.status == 0
    assert 'server state: READY' in done.text
    assert f'username: {service.user}' in done.text
    assert f'home: {service.home}' in done.text
    assert 'node count: ' in done.text


def test_hstouch_makes_a_domain_and_touches_it_again(tool, opened, domain):
    assert tool('hstouch', domain).status == 0
    with opened('r') as file:
        first = file['/'].modified
        assert len(file) == 0
    assert tool('hstouch', domain).status == 0
    with opened('r') as file:
        assert file['/'].modified >= first


def test_hstouch_makes_a_folder_once(tool, domain, folder):
    path = subfolder(tool, domain)
    assert path.rstrip('/').split('/')[-1] in names(tool, folder)
    again = tool('hstouch', path)
    assert again.status == 1
    assert 'Can not update timestamp of folder' in again.text


def test_hstouch_below_a_missing_folder_fails(tool, domain):
    assert tool('hstouch', domain + '-missing/x.h5').status != 0


@pytest.mark.client('0.24')
def test_hstouch_by_the_admin_sets_another_owner(tool, opened, domain, second):
    assert tool('hstouch', '-u', 'admin', '-p', 'admin', '-o', second[0], domain).status == 0
    with opened('r', username='admin', password='admin') as file:
        assert file.owner == second[0]


def test_hsls_lists_a_folder(tool, domain, service):
    path = subfolder(tool, domain)
    for name in ('b.h5', 'a.h5', 'c.h5'):
        assert tool('hstouch', path + name).status == 0
    assert names(tool, path) == ['a.h5', 'b.h5', 'c.h5']
    done = tool('hsls', path)
    lines = [line.split() for line in done.text.splitlines()]
    listed = [line[-1] for line in lines[:-1]]
    assert listed == [path, path + 'a.h5', path + 'b.h5', path + 'c.h5']
    assert [line[1] for line in lines[:-1]] == ['folder', 'domain', 'domain', 'domain']
    assert {line[0] for line in lines[:-1]} == {service.user}
    assert done.text.splitlines()[-1] == '4 items'


def test_hsls_pattern_and_query_select_domains(tool, opened, domain):
    path = subfolder(tool, domain)
    for name, number in (('x1', 1), ('x2', 5), ('y1', 9)):
        with opened('w', f'{path}{name}.h5') as file:
            file.attrs['number'] = number
    assert '3 items' in tool('hsls', '--pattern', 'x*', path).text
    found = tool('hsls', '--query', 'number > 4', path)
    assert 'x2.h5' in found.text and 'y1.h5' in found.text and 'x1.h5' not in found.text


def test_hsls_shows_a_domain_recursively(tool, tall):
    done = tool('hsls', '-r', tall)
    assert done.status == 0
    lines = [line.split() for line in done.text.splitlines()]
    kinds = {line[0]: line[1] for line in lines}
    assert kinds['/g1/g1.1/dset1.1.1'] == 'Dataset'
    assert kinds['/g1/g1.2/extlink'] == 'ExternalLink'
    assert kinds['/g1/g1.2/g1.2.1/slink'] == 'SoftLink'
    assert list(kinds.values()).count('Group') == 5
    assert '/g1/g1.1/dset1.1.1 Dataset {10, 10}' in done.text


def test_hsls_verbose_shows_attributes_and_chunks(tool, tall):
    done = tool('hsls', '-r', '-v', '--showattrs', tall)
    assert done.status == 0
    assert 'attr1' in done.text
    assert 'Chunks: [10, 10] 400 bytes' in done.text


def test_hsls_shows_one_dataset(tool, tall):
    assert tool('hsls', '-d', '/g2/dset2.1', tall).text.strip() == '/g2/dset2.1 Dataset {10}'


def test_hsls_of_a_missing_domain_says_so(tool, domain):
    assert 'not found' in tool('hsls', domain).text


@pytest.mark.client('0.24')
def test_hsls_showacls_of_a_file_goes_on_after_the_missing_route(tool, tall):
    """hsls asks for /groups/<id>/acls, which no server has. h5pyd 1.0 fails on its own side."""
    done = tool('hsls', '--showacls', tall)
    assert done.status == 0 and 'read ACLs is not permitted' in done.text
    assert 'g2 Group' in done.text


def test_hsdel_and_hsrm_remove_domains(tool, folder, domain):
    for name in ('hsdel', 'hsrm'):
        assert tool('hstouch', domain).status == 0
        assert tool(name, domain).status == 0
        assert domain.split('/')[-1] not in names(tool, folder)


def test_hsrm_refuses_what_is_missing_or_not_empty(tool, domain):
    done = tool('hsrm', domain)
    assert done.status == 1 and 'not found' in done.text
    path = subfolder(tool, domain)
    assert tool('hstouch', path + 'inner.h5').status == 0
    done = tool('hsrm', path)
    assert done.status == 1 and 'folder has sub-items' in done.text
    assert tool('hsrm', path + 'inner.h5').status == 0
    assert tool('hsrm', path).status == 0


def acl(text):
    """hsacl's table as user -> list of six flags."""
    rows = [line.split() for line in text.splitlines()]
    return {row[0]: [flag == 'True' for flag in row[1:]] for row in rows if row[1:2] in (
        ['True'], ['False'])}


def test_hsacl_lists_and_changes(tool, tall, service, second):
    assert acl(tool('hsacl', tall).text) == {service.user: [True] * 6}
    assert tool('hsacl', tall, '+ru', second[0]).status == 0
    entry = {second[0]: [False, True, True, False, False, False]}
    assert acl(tool('hsacl', tall, second[0]).text) == entry
    assert tool('hsacl', tall, '-u', second[0]).status == 0
    assert acl(tool('hsacl', tall).text) == {
        service.user: [True] * 6, second[0]: [False, True, False, False, False, False]}


def test_hsacl_of_an_unknown_user_and_of_a_folder(tool, tall, folder, service):
    done = tool('hsacl', tall, 'nobody1')
    assert done.status != 0 and 'nobody1 not found' in done.text
    assert acl(tool('hsacl', folder).text)[service.user] == [True] * 6


def test_hsacl_for_a_group_and_default(tool, tall):
    assert tool('hsacl', tall, '+r', 'default').status == 0
    assert tool('hsacl', tall, '+cru', 'g:test_group').status == 0
    rows = acl(tool('hsacl', tall).text)
    assert rows['default'] == [False, True, False, False, False, False]
    assert rows['g:test_group'] == [True, True, True, False, False, False]


@pytest.mark.parametrize('name', ['hscopy', 'hscp'])
def test_hscopy_copies_a_domain(tool, tall, name):
    assert tool(name, tall, tall + '-copy.h5').status == 0
    assert tool('hsdiff', TALL, tall + '-copy.h5') == (0, '')
    assert tool(name, '-n', tall, tall + '-copy.h5').status == 1


def test_hscopy_into_a_folder_and_compressed(tool, tall, domain):
    path = subfolder(tool, domain)
    assert tool('hscopy', '-z', '5', tall, path).status == 0
    assert names(tool, path) == [tall.split('/')[-1]]
    assert tool('hsdiff', TALL, path + tall.split('/')[-1]) == (0, '')


def test_hscopy_without_data_copies_the_structure(tool, tall):
    assert tool('hscopy', '--nodata', tall, tall + '-copy.h5').status == 0
    assert tool('hsdiff', '--nodata', TALL, tall + '-copy.h5') == (0, '')
    assert tool('hsdiff', TALL, tall + '-copy.h5').status != 0


def test_hsmv_renames(tool, tall, folder):
    assert tool('hsmv', tall, tall + '-moved.h5').status == 0
    listed = names(tool, folder)
    assert tall.split('/')[-1] not in listed
    assert tall.split('/')[-1] + '-moved.h5' in listed


@pytest.mark.client('0.24')
def test_hsmv_keeps_the_content(tool, tall):
    """h5pyd 1.0 does not send linked_domain, so its hsmv makes an empty domain (a client fault)."""
    assert tool('hsmv', tall, tall + '-moved.h5').status == 0
    assert tool('hsdiff', TALL, tall + '-moved.h5') == (0, '')


def test_hsdiff_finds_differences(tool, tall, opened):
    assert tool('hsdiff', TALL, tall) == (0, '')
    with opened('a') as file:
        file['/g2/dset2.1'][3] = 99.5
    done = tool('hsdiff', TALL, tall)
    assert done.status == 1
    assert '/g2/dset2.1' in done.text and '1 differences found' in done.text


def test_hsstat_of_a_domain_and_a_folder(tool, tall, folder, service):
    done = tool('hsstat', tall)
    assert done.status == 0
    assert f'domain: {tall}' in done.text and f'owner:           {service.user}' in done.text
    done = tool('hsstat', folder)
    assert done.status == 0 and f'folder: {folder}' in done.text


@pytest.mark.client('0.24')
def test_hsstat_rescan_gives_the_sizes_of_tall(tool, tall):
    done = tool('hsstat', '--rescan', tall)
    assert done.status == 0
    facts = dict(line.strip().split(':', 1) for line in done.text.splitlines())
    assert facts['allocated_bytes'].strip() == '580'
    assert facts['num objects'].strip() == '10' and facts['num chunks'].strip() == '4'
    assert 5000 < int(facts['total_size']) < 7000


def test_hsget_refuses_a_missing_domain(tool, domain, tmp_path):
    done = tool('hsget', domain, tmp_path / 'x.h5')
    assert done.status == 1 and 'not found' in done.text


def test_hsget_without_data(tool, tall, tmp_path):
    assert tool('hsget', '--nodata', tall, tmp_path / 'x.h5').status == 0
    assert tool('hsdiff', '--nodata', tmp_path / 'x.h5', tall) == (0, '')


def test_hsload_no_clobber_and_overwrite(tool, tall):
    assert tool('hsload', '-n', TALL, tall).status != 0
    assert tool('hsload', TALL, tall).status == 0
    assert tool('hsdiff', TALL, tall) == (0, '')


def test_hsload_append_adds_to_a_domain(tool, tall, opened):
    assert tool('hsload', '-a', ZOO / 'dim_scale.h5', tall).status == 0
    with opened('r') as file:
        assert {'g1', 'g2', 'scale_x', 'temperatures'} <= set(file)
        assert file['temperatures'].dims[0].keys() != []


def test_hsload_compressed_marks_the_datasets(tool, domain, opened):
    options = '-z', '5', '--compression', 'lz4'
    assert tool('hsload', *options, ZOO / 'h5ex_d_chunk.h5', domain).status == 0
    with opened('r') as file:
        assert file['DS1'].compression == 'lz4'
    assert tool('hsdiff', ZOO / 'h5ex_d_chunk.h5', domain) == (0, '')


def test_hsload_several_files_into_a_folder(tool, domain):
    path = subfolder(tool, domain)
    assert tool('hsload', TALL, ZOO / 'tgroup.h5', path).status == 0
    assert names(tool, path) == ['tall.h5', 'tgroup.h5']


@pytest.mark.client('0.24')
def test_hsload_as_file_image_keeps_every_byte(tool, domain, opened):
    """h5pyd 1.0 never sends what it wrote (a client fault)."""
    assert tool('hsload', '--h5image', TALL, domain).status == 0
    with opened('r') as file:
        assert file['h5image'][...].tobytes() == TALL.read_bytes()


def test_hsload_is_denied_to_a_stranger_and_with_a_wrong_password(tool, domain, second):
    assert tool('hsload', '-u', second[0], '-p', second[1], TALL, domain).status != 0
    assert tool('hsload', '-p', 'wrong', TALL, domain).status != 0
    assert 'not found' in tool('hsls', domain).text


@pytest.mark.client('0.24')
@pytest.mark.skipif('BUCKET_DIR' not in os.environ, reason='BUCKET_DIR is not set')
@pytest.mark.parametrize('option', [
    '--link', pytest.param('--fastlink', marks=pytest.mark.hsds_fault('chunklocator fails'))])
def test_hsload_links_to_the_data_of_a_file(tool, domain, option):
    """The dataset refers to byte ranges of a file in the bucket, whose folder BUCKET_DIR names.

    h5pyd 1.0 refuses to make such datasets (a client fault).
    """
    bucket = pathlib.Path(os.environ['BUCKET_DIR'])
    (bucket / 'samples').mkdir(exist_ok=True)
    source = shutil.copy(ZOO / 'h5ex_d_gzip.h5', bucket / 'samples')
    link = f'{bucket.name}/samples/h5ex_d_gzip.h5'
    assert tool('hsload', option, '--linkpath', link, source, domain).status == 0
    assert tool('hsdiff', ZOO / 'h5ex_d_gzip.h5', domain) == (0, '')
