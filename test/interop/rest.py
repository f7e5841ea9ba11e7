"""A small REST client: exact requests, replies at hand, errors as exceptions."""

import json
import time
from urllib.parse import quote

import requests

OCTETS = 'application/octet-stream'
TIMEOUT_S = 30
# HSDS answers 503 when it has much to do.
PAUSES_S = (0.2, 1, 3, 0)


class RestError(Exception):
    """An answer with another status than expected."""

    def __init__(self, call, reply):
        super().__init__(f'{call}: {reply.status_code} {reply.reason} {reply.text[:200]}')
        self.status = reply.status_code


class Rest:
    """One user's requests to one service; `domain` is that of all requests that name no other."""

    def __init__(self, endpoint, domain=None, user='test_user1', password='test'):
        self.endpoint = endpoint
        self.domain = domain
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.auth = (user, password)

    def of(self, domain):
        """The same client for another domain."""
        return Rest(self.endpoint, domain, *self.session.auth)

    def send(self, method, path, body=None, data=None, accept=None, **params):
        """Any request; the reply whatever its status but 503. Bodies: JSON, or `data` as bytes."""
        headers = {} if accept is None else {'Accept': accept}
        if data is not None:
            headers['Content-Type'] = OCTETS
        elif body is not None:
            headers['Content-Type'] = 'application/json'
            data = json.dumps(body)
        if self.domain is not None:
            params.setdefault('domain', self.domain)
        for pause_s in PAUSES_S:
            reply = self.session.request(method, self.endpoint + path, params=params, data=data,
                                         headers=headers, timeout=TIMEOUT_S)
            if reply.status_code != 503:
                break
            time.sleep(pause_s)
        return reply

    def call(self, method, path, body=None, **more):
        """The reply's JSON (None without a body). @raise RestError unless 200, 201 or 204"""
        reply = self.send(method, path, body, **more)
        if reply.status_code not in (200, 201, 204):
            raise RestError(f'{method} {path}', reply)
        return reply.json() if reply.content and reply.status_code != 204 else None

    def get(self, path, **params):
        """JSON of a GET."""
        return self.call('GET', path, **params)

    def bytes(self, path, **params):
        """Bytes of a GET."""
        reply = self.send('GET', path, accept=OCTETS, **params)
        if reply.status_code != 200:
            raise RestError(f'GET {path}', reply)
        return reply.content

    def put(self, path, body=None, **more):
        """JSON of a PUT."""
        return self.call('PUT', path, body, **more)

    def post(self, path, body=None, **more):
        """JSON of a POST."""
        return self.call('POST', path, body, **more)

    def delete(self, path, **params):
        """JSON of a DELETE."""
        return self.call('DELETE', path, **params)

    def new_domain(self, **body):
        """Makes the domain; its root id, or None for a folder."""
        return self.put('/', body or None).get('root')

    def new(self, collection, body, title=None, parent=None):
        """Makes an object, hard-linked as `title` in group `parent`; its id."""
        if title is not None:
            body = body | {'link': {'id': parent, 'name': title}}
        return self.post(f'/{collection}', body)['id']

    def attribute(self, owner, name, item):
        """Sets an attribute of an object; `owner` such as groups/<id>."""
        self.put(f'/{owner}/attributes/{quote(name, safe="")}', item)

    def link(self, group, title, item):
        """Makes a link."""
        self.put(f'/groups/{group}/links/{quote(title, safe="")}', item)

    def flush(self):
        """Waits until all of the domain is stored."""
        self.put('/', None, flush=1)
