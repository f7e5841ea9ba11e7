"""The differences that are meant: where the reference prescribes something better than HSDS does.

An entry of known-differences.json matches a difference if all it names fits:

    label    glob over the request's label
    request  regular expression found in the request's text (optional)
    left     statuses of the first server, right: of the second (optional; default: any, but equal)
    body     globs over the paths at which the bodies differ, each must fit one (optional)
    type     true: the content types may differ
    reason, reference   why, and which rule of the reference says so
"""

import fnmatch
import json
import pathlib
import re

FILE = pathlib.Path(__file__).with_name('known-differences.json')


class Known:
    """The entries, and how often each was met."""

    def __init__(self, path=FILE):
        self.entries = json.loads(path.read_text())
        self.met = [0] * len(self.entries)

    def explain(self, request, found):
        """The entry that covers a difference, or None."""
        for i, entry in enumerate(self.entries):
            if covers(entry, request, found):
                self.met[i] += 1
                return entry
        return None


def covers(entry, request, found):
    """Whether one entry covers a difference."""
    if not fnmatch.fnmatchcase(request.label, entry['label']):
        return False
    if 'request' in entry and not re.search(entry['request'], str(request)):
        return False
    if 'left' in entry or 'right' in entry:
        left, right = entry.get('left', [found.left[0]]), entry.get('right', [found.right[0]])
        return found.left[0] in left and found.right[0] in right
    if found.left[0] != found.right[0] or (
        found.left[1] != found.right[1] and not entry.get('type')
    ):
        return False
    patterns = entry.get('body', [])
    return all(any(fnmatch.fnmatchcase(path, p) for p in patterns) for path, _, _ in found.body)
