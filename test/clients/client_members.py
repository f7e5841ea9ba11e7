"""Which public members of the client's classes the suites use.

`Members` wraps every public function and property of the classes and notes what is called, under
the name of the class that defines it (a File has its create_dataset from Group). What no test uses
must be on the list in not-called.json, with the reason.
"""

import functools
import json
import pathlib

import h5pyd
from h5pyd._hl import attrs, dims

NOT_CALLED = pathlib.Path(__file__).with_name('not-called.json')
CLASSES = (
    h5pyd.File, h5pyd.Folder, h5pyd.Group, h5pyd.Dataset, h5pyd.Table, h5pyd.Datatype,
    h5pyd.MultiManager, attrs.AttributeManager, dims.DimensionManager, dims.DimensionProxy)
SPECIAL = {
    '__getitem__', '__setitem__', '__delitem__', '__contains__', '__iter__', '__len__',
    '__enter__', '__bool__', '__eq__', '__array__', '__repr__', '__reversed__'}


def reasons():
    """Why members are not called, for this client: {'Group.move': 'does nothing', ...}."""
    lists = json.loads(NOT_CALLED.read_text())
    return {name: why for version, names in lists.items()
            if h5pyd.__version__.startswith(version) for name, why in names.items()}


class Members:
    """The public members, and those that were called."""

    def __init__(self):
        self.all = set()
        self.called = set()

    def watch(self):
        """Wraps what the client's own classes define; call once."""
        for cls in dict.fromkeys(base for one in CLASSES for base in one.__mro__):
            if not cls.__module__.startswith('h5pyd'):
                continue
            for name, member in list(vars(cls).items()):
                if not name.startswith('_') or name in SPECIAL:
                    self.wrap(cls, name, member)

    def wrap(self, cls, name, member):
        """Wraps one member if it is a function or a property."""
        label = f'{cls.__name__}.{name}'
        if isinstance(member, property):
            wrapped = property(self.noting(label, member.fget), member.fset and
                               self.noting(f'{label} =', member.fset), member.fdel, member.__doc__)
        elif callable(member) and not isinstance(member, type):
            wrapped = self.noting(label, member)
        else:
            return
        setattr(cls, name, wrapped)

    def noting(self, label, function):
        """The function, which notes that it was called."""
        self.all.add(label)

        @functools.wraps(function)
        def call(*args, **kwargs):
            self.called.add(label)
            return function(*args, **kwargs)
        return call
