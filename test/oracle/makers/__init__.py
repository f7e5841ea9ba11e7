"""Requests by area; each module has MAKERS, a list of functions (rng, model) -> Request."""

from . import attributes, domains, links, objects, queries, values

AREAS = {
    'domains': domains,
    'objects': objects,
    'links': links,
    'attributes': attributes,
    'values': values,
    'queries': queries,
}
