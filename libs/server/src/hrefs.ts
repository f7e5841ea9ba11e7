/** The `hrefs` of answers: `{"rel", "href"}` lists by the table of the REST API. */
import type { RequestContext } from './request-context.js';

// A type, not an interface: only then may it stand in `JsonOut`.
export type Href = Readonly<Record<'rel' | 'href', string>>;

type Collection = 'groups' | 'datasets' | 'datatypes';

/** What an href needs of a request. */
type Named = Pick<RequestContext, 'domainParam' | 'hostParam'>;

/** What `GET /datasets/{id}` offers besides the dataset: nothing, its values, or some of them. */
export type ValueHref = 'none' | 'data' | { readonly preview: string };

/**
 * Builds the URLs of one answer. Nothing is percent-encoded; the request's `domain` parameter is
 * echoed as decoded, else its `host` parameter.
 */
export class Hrefs {
  private readonly query: string;
  private readonly base: string;

  /** @param endpoint the setting `hsds_endpoint` */
  constructor(endpoint: string, request: Named, scheme = 'http') {
    this.base = endpoint === '' ? `${scheme}://127.0.0.1` : endpoint;
    this.query = queryOf(request);
  }

  /** The URL of a path; `domain` replaces the request's, `extra` is one more `name=value`. */
  url(path: string, options: { readonly domain?: string; readonly extra?: string } = {}): string {
    const query = options.domain === undefined ? this.query : `?domain=${options.domain}`;
    const extra = options.extra === undefined ? '' : `${query === '' ? '?' : '&'}${options.extra}`;
    return `${this.base}${path}${query}${extra}`;
  }

  /** `GET /` of a domain. @param parent bucket and path of its folder, undefined at the top */
  domain(root: string, parent: string | undefined): Href[] {
    return [...this.domainParts(root), this.rel('acls', '/acls'), ...this.parent(parent)];
  }

  /** `GET /` of a folder. */
  folder(parent: string | undefined): Href[] {
    const domains = { rel: 'domains', href: `${this.url('/domains')}/` };
    return [this.rel('self', '/'), domains, this.rel('acls', '/acls'), ...this.parent(parent)];
  }

  /** `GET /` with `h5path`. @param parent of the domain that the object was found in */
  byPath(root: string, parent: string | undefined): Href[] {
    return [
      ...this.domainParts(root),
      this.rel('home', '/'),
      this.rel('acls', '/acls'),
      ...this.parent(parent),
    ];
  }

  /** `GET /` without a domain. */
  topLevel(): Href[] {
    return [this.rel('self', '/')];
  }

  /** One item of a listing of domains. */
  item(name: string): Href[] {
    return [{ rel: 'domain', href: this.url('/', { domain: name }) }];
  }

  /** `GET /acls` and `GET /acls/{user}`. @param root absent for folders */
  acls(root: string | undefined): Href[] {
    return [
      this.rel('self', '/acls'),
      ...(root === undefined ? [] : [this.root(root)]),
      this.rel('home', '/'),
      this.rel('owner', '/'),
    ];
  }

  /** `GET /groups`, `/datasets`, `/datatypes`. */
  collection(collection: Collection, root: string): Href[] {
    return [this.rel('self', `/${collection}`), this.root(root), this.rel('home', '/')];
  }

  /** `GET /groups/{id}`. */
  group(id: string, root: string): Href[] {
    const self = `/groups/${id}`;
    return [
      this.rel('self', self),
      this.rel('links', `${self}/links`),
      this.root(root),
      this.rel('home', '/'),
      this.rel('attributes', `${self}/attributes`),
    ];
  }

  /** `GET /groups/{id}/links`. */
  links(id: string): Href[] {
    return [this.rel('self', `/groups/${id}/links`), ...this.homeAndOwner('groups', id)];
  }

  /** `GET /groups/{id}/links/{title}`. @param target id of a hard link's object */
  link(id: string, title: string, target?: { collection: Collection; id: string }): Href[] {
    return [
      this.rel('self', `/groups/${id}/links/${title}`),
      ...this.homeAndOwner('groups', id),
      ...(target === undefined ? [] : [this.rel('target', `/${target.collection}/${target.id}`)]),
    ];
  }

  /** `GET …/attributes`. */
  attributes(collection: Collection, id: string): Href[] {
    return [
      this.rel('self', `/${collection}/${id}/attributes`),
      ...this.homeAndOwner(collection, id),
    ];
  }

  /** `GET …/attributes/{name}` and its `/value`. */
  attribute(collection: Collection, id: string, name: string): Href[] {
    return [
      this.rel('self', `/${collection}/${id}/attributes/${name}`),
      ...this.homeAndOwner(collection, id),
    ];
  }

  /** `GET /datasets/{id}`. */
  dataset(id: string, root: string, value: ValueHref): Href[] {
    const self = `/datasets/${id}`;
    return [...this.typed(self, root), ...this.valueHref(self, value)];
  }

  /** `GET /datasets/{id}/type` and `/shape`. */
  datasetPart(id: string, part: 'type' | 'shape', root: string): Href[] {
    const owner = `/datasets/${id}`;
    return [this.rel('self', `${owner}/${part}`), this.rel('owner', owner), this.root(root)];
  }

  /** JSON answers of `GET` and `POST /datasets/{id}/value`. */
  value(id: string, root: string): Href[] {
    const owner = `/datasets/${id}`;
    return [
      this.rel('self', `${owner}/value`),
      this.root(root),
      this.rel('home', '/'),
      this.rel('owner', owner),
    ];
  }

  /** `GET /datatypes/{id}`. */
  datatype(id: string, root: string): Href[] {
    return this.typed(`/datatypes/${id}`, root);
  }

  private rel(rel: string, path: string): Href {
    return { rel, href: this.url(path) };
  }

  private root(root: string): Href {
    return this.rel('root', `/groups/${root}`);
  }

  private parent(parent: string | undefined): Href[] {
    if (parent === undefined) return [];
    return [{ rel: 'parent', href: this.url('/', { domain: parent }) }];
  }

  private domainParts(root: string): Href[] {
    return [
      this.rel('self', '/'),
      this.rel('database', '/datasets'),
      this.rel('groupbase', '/groups'),
      this.rel('typebase', '/datatypes'),
      this.root(root),
    ];
  }

  private homeAndOwner(collection: Collection, id: string): Href[] {
    return [this.rel('home', '/'), this.rel('owner', `/${collection}/${id}`)];
  }

  private typed(self: string, root: string): Href[] {
    return [
      this.rel('self', self),
      this.root(root),
      this.rel('home', '/'),
      this.rel('attributes', `${self}/attributes`),
    ];
  }

  private valueHref(self: string, value: ValueHref): Href[] {
    const path = `${self}/value`;
    if (value === 'none') return [];
    if (value === 'data') return [this.rel('data', path)];
    return [{ rel: 'preview', href: this.url(path, { extra: `select=${value.preview}` }) }];
  }
}

function queryOf({ domainParam, hostParam }: Named): string {
  if (domainParam !== undefined) return `?domain=${domainParam}`;
  return hostParam === undefined ? '' : `?host=${hostParam}`;
}
