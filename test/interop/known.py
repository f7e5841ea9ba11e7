"""Known faults of HSDS: what it cannot store, or cannot read back, with the rule of the reference.

A case with a known fault is tried, and reported when it differs; it counts neither way.
"""

from services import OURS

COMPRESSORS = ('H5Z_FILTER_DEFLATE', 'H5Z_FILTER_USER')


REGIONS = ('HSDS 1.0 takes region references for elements of variable length, '
           '0.9 and this server for 48 bytes (8.5)')


def kinds_apart(hsds):
    """Element types that `hsds` (a version) stores otherwise, and why.

    Their first dataset alone is exchanged, to see that it is so.
    """
    return {'region reference': REGIONS} if hsds.startswith('1.') else {}


def read_otherwise(what, writer, reader):
    """Why something else than a dataset may read back otherwise, or None."""
    hsds = reader if writer == OURS else writer
    if not hsds.startswith('1.'):
        return None
    if what.endswith("attributes 'utf8 fixed 6'"):
        return 'HSDS 1.0 gives no bytes of fixed strings that are not ASCII'
    if writer == hsds and what.endswith('h5pyd /lists'):
        return 'HSDS 1.0 tells sequences never written as 0 only once it was restarted'
    if reader == hsds and " attributes 'opaque text " in what:
        return 'HSDS 1.0 takes opaque attributes for base64, 0.9 and this server store text'
    return None


def told_otherwise(case, hsds):
    """Why `hsds` tells the dataset's values as other JSON, or None: then bytes alone count."""
    if not hsds.startswith('1.'):
        return None
    if case.kind.name == 'opaque text':
        return 'HSDS 1.0 tells opaque values as base64, 0.9 and this server as text'
    if case.kind.variable and case.layout == 'partitioned':
        return 'HSDS 1.0 tells text that was never written as "", 0.9 and this server as 0'
    return None


def refused(case, writer):
    """Why `writer` refuses to create or fill the dataset, or None."""
    if writer == OURS:
        return None
    names = [entry['name'] for entry in case.filters]
    if 'bitshuffle' in names and writer.startswith('0.'):
        return 'bitshuffle is refused at creation (register 40)'
    if case.layout == 'compact':
        return 'values of compact datasets give 500 (register 35)'
    if case.kind.name == 'compound vlen single':
        return 'a single variable-length field cannot be written (8.8, register 37)'
    if case.kind.name == 'compound nested' and 'filled' in case.name:
        return 'nested compound fill values give 500 (9.6, register 41)'
    if case.kind.name == 'region reference' and writer.startswith('1.'):
        return REGIONS
    unlevelled = {'zstd', 'blosclz', 'lz4hc'}
    if writer.startswith('1.') and any(entry['name'] in unlevelled and 'level' in entry
                                       for entry in case.filters):
        return 'HSDS 1.0 refuses a level for this compressor'
    return None


def differs(case, writer, reader):
    """Why the dataset may read back otherwise, or None."""
    hsds = reader if writer == OURS else writer
    names = [entry['name'] for entry in case.filters]
    compressed = any(entry['class'] in COMPRESSORS for entry in case.filters)
    shuffled = 'shuffle' in names and not (compressed and 'scaleoffset' not in names)
    if shuffled and writer == hsds and not case.kind.variable:
        return 'shuffle without compressor is stored raw but read unshuffled (11.5, register 39)'
    if 'bitshuffle' in names and reader == hsds and hsds.startswith('1.'):
        return 'HSDS 1.0 looks for bitshuffle by the class of shuffle only, so it undoes none'
    if case.kind.name == 'region reference' and hsds.startswith('1.') and reader == hsds:
        return REGIONS
    if case.kind.name == 'compound vlen be':
        return 'big-endian scalars beside variable-length fields are reversed (8.10, register 36)'
    if case.kind.name == 'compound vlen single':
        return 'a single variable-length field gives memory contents (8.8, register 37)'
    if case.kind.name == 'compound nested' and 'filled' in case.name and reader == hsds:
        return 'nested compound fill values give 500 (9.6, register 41)'
    if case.layout == 'compact' and reader == hsds:
        return 'values of compact datasets give 500 (register 35)'
    return None
