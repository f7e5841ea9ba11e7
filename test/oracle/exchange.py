"""Symbolic requests, and servers that turn them into real ones.

Two servers give the same object different ids, so a request names objects by symbols: «G1» stands
for the id that this server gave when the request with `capture='G1'` made the object.
"""

import base64
import dataclasses
import http.client
import json
import re
import urllib.parse

SYMBOL = re.compile('«([^«»]+)»')
TIMEOUT_S = 20  # HSDS never ends some replies; what it fails at for longer is not generated
NOT_CREATED = {
    'g': 'g-00000000-00000000-0000-000000-000000',
    'd': 'd-00000000-00000000-0000-000000-000000',
    't': 't-00000000-00000000-0000-000000-000000',
}


@dataclasses.dataclass(frozen=True)
class Request:
    """One request in symbols; `label` says what it is about: area/route/variation."""

    label: str
    method: str
    path: str
    params: tuple = ()  # pairs
    headers: tuple = ()  # pairs
    body: object = None  # None: no body; bytes: as they are; else JSON
    user: str = 'test_user1:test'  # '' for none
    capture: str = ''  # the symbol for the object this makes
    domain: str = ''  # '' for none; sent by header

    def signature(self):
        """What makes this request another one than the rest; the domain's name does not."""
        text = json.dumps(
            [self.method, self.path, self.params, self.headers, repr(self.body), self.user],
            ensure_ascii=False,
        )
        return text.replace(self.domain, '<domain>') if self.domain else text

    def __str__(self):
        query = '&'.join(f'{key}={value}' for key, value in self.params)
        body = (
            ''
            if self.body is None
            else ' '
            + (
                repr(self.body)
                if isinstance(self.body, bytes)
                else json.dumps(self.body, ensure_ascii=False)
            )
        )
        headers = ''.join(f' [{key}: {value}]' for key, value in self.headers)
        user = '' if self.user == 'test_user1:test' else f' as {self.user or "nobody"}'
        query = '?' + query if query else ''
        if self.label.split('/')[-1] == 'domain':
            user += f' on {self.domain or "no domain"}'
        return f'{self.method} {self.path}{query}{headers}{user}{body[:400]}'


@dataclasses.dataclass(frozen=True)
class Response:
    """What a server answered; status 0 means that no answer came."""

    status: int
    content_type: str
    body: bytes


class Server:
    """One of the two services, with its own meaning of every symbol."""

    def __init__(self, endpoint):
        self.endpoint = endpoint.rstrip('/')
        self.host = urllib.parse.urlsplit(self.endpoint).netloc
        self.connection = None
        self.ids = {}

    def resolve(self, value):
        """Replaces the symbols in a text or JSON value by this server's ids."""
        if isinstance(value, str):
            return SYMBOL.sub(lambda match: self.lookup(match[1]), value)
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if isinstance(value, dict):
            return {self.resolve(key): self.resolve(item) for key, item in value.items()}
        return value

    def lookup(self, symbol):
        """The id a symbol stands for; of an object that could not be made, one that is unknown."""
        if symbol in self.ids:
            return self.ids[symbol]
        kind = symbol.split('.')[-1][0].lower()
        return NOT_CREATED.get('g' if kind in 'rl' else kind, symbol)

    def send(self, request):
        """Sends a request, notes the id of what it made, and gives the response."""
        response = self.transfer(request)
        if request.capture and response.status == 201:
            made = json.loads(response.body)
            self.ids[request.capture] = made.get('id') or made.get('root', '')
        return response

    def transfer(self, request):
        """One HTTP exchange; a connection that the server closed is opened anew once."""
        headers = {key: self.resolve(value) for key, value in request.headers}
        if request.domain:
            headers['X-Hdf-domain'] = request.domain.encode().decode('latin-1')
        if request.user:
            token = base64.b64encode(request.user.encode()).decode()
            headers['Authorization'] = f'Basic {token}'
        body = request.body
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(self.resolve(body)).encode()
        target = urllib.parse.quote(self.resolve(request.path), safe="/:@!$'()*,;=~+")
        if request.params:
            target += '?' + urllib.parse.urlencode(
                [(key, self.resolve(value)) for key, value in request.params]
            )
        for _ in range(2):
            try:
                return self.exchange(request.method, target, body, headers)
            except (http.client.RemoteDisconnected, ConnectionError):
                self.close()
            except (OSError, http.client.HTTPException):
                break
        self.close()
        return Response(0, '', b'')

    def exchange(self, method, target, body, headers):
        """Writes the request and reads the whole response."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.host, timeout=TIMEOUT_S)
        self.connection.request(method, target, body, headers)
        answer = self.connection.getresponse()
        try:
            content = answer.read()
        except http.client.IncompleteRead as cut:
            content = cut.partial + b'<cut off>'
        return Response(answer.status, answer.headers.get('Content-Type', ''), content)

    def close(self):
        """Closes the connection; the next request opens one."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None
