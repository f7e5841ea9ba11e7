"""HDF5 datatypes as plain data: everything the file says about a type, for comparing two files."""

from h5py import h5t

ORDERS = {h5t.ORDER_LE: 'LE', h5t.ORDER_BE: 'BE', h5t.ORDER_NONE: 'none'}
CHARSETS = {h5t.CSET_ASCII: 'ASCII', h5t.CSET_UTF8: 'UTF8'}
PADDINGS = {h5t.STR_NULLTERM: 'NULLTERM', h5t.STR_NULLPAD: 'NULLPAD', h5t.STR_SPACEPAD: 'SPACEPAD'}


def describe(tid):
    """The type as nested tuples; equal types give equal tuples.

    The offsets and padding of compound members are left out on purpose: they are memory layout,
    and the REST API has packed compounds only.
    """
    return DESCRIBERS.get(tid.get_class(), _unknown)(tid)


def with_strings(described, keep):
    """The same description with every ('string', length, charset, padding) cut by keep(...)."""
    if isinstance(described, tuple) and described[:1] == ('string',):
        return ('string', *keep(*described[1:]))
    if isinstance(described, tuple):
        return tuple(with_strings(part, keep) for part in described)
    return described


def _integer(tid):
    sign = 'unsigned' if tid.get_sign() == h5t.SGN_NONE else 'signed'
    order = 'any' if tid.get_size() == 1 else ORDERS.get(tid.get_order())
    return ('integer', tid.get_size(), sign, order, tid.get_precision())


def _float(tid):
    return ('float', tid.get_size(), ORDERS.get(tid.get_order()), tid.get_fields(), tid.get_ebias())


def _string(tid):
    length = 'variable' if tid.is_variable_str() else tid.get_size()
    return ('string', length, CHARSETS.get(tid.get_cset()), PADDINGS.get(tid.get_strpad()))


def _compound(tid):
    members = range(tid.get_nmembers())
    return ('compound', *((tid.get_member_name(i), describe(tid.get_member_type(i)))
                          for i in members))


def _enum(tid):
    members = [(tid.get_member_name(i), tid.get_member_value(i)) for i in range(tid.get_nmembers())]
    return ('enum', describe(tid.get_super()), tuple(sorted(members)))


def _array(tid):
    return ('array', tid.get_array_dims(), describe(tid.get_super()))


def _vlen(tid):
    return ('vlen', describe(tid.get_super()))


def _reference(tid):
    return ('reference', 'object' if tid.equal(h5t.STD_REF_OBJ) else 'region')


def _opaque(tid):
    return ('opaque', tid.get_size(), tid.get_tag())


def _bitfield(tid):
    return ('bitfield', tid.get_size(), ORDERS.get(tid.get_order()), tid.get_precision())


def _unknown(tid):
    return ('class', tid.get_class(), tid.get_size())


DESCRIBERS = {
    h5t.INTEGER: _integer, h5t.FLOAT: _float, h5t.STRING: _string, h5t.COMPOUND: _compound,
    h5t.ENUM: _enum, h5t.ARRAY: _array, h5t.VLEN: _vlen, h5t.REFERENCE: _reference,
    h5t.OPAQUE: _opaque, h5t.BITFIELD: _bitfield}
