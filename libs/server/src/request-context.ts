/** What the access guard has established about a request before its controller runs. */
import type { DomainDocument, Json, Permission } from '#hdf5';
import type { CallContext, DomainAddress, ObjectRecord } from '#dn-client';

export interface User {
  /** `default` when anonymous. */
  readonly name: string;
  readonly anonymous: boolean;
  readonly admin: boolean;
  readonly groups: readonly string[];
}

/** Who calls without credentials. */
export const ANONYMOUS: User = { name: 'default', anonymous: true, admin: false, groups: [] };

/** What a route needs; read by the guard from the handler's metadata. */
export interface AccessRule {
  /** Permission on the domain; `null`: none is checked (the route decides itself). */
  readonly action: Permission | null;
  /**
   * `optional` lets anonymous callers in when `allow_noauth`, as user `default`; `checked` lets
   * them in always, but tests credentials that are there; `ignored` does not look.
   */
  readonly credentials: 'required' | 'optional' | 'ignored' | 'checked';
  /**
   * `file`: an existing domain with a root; `any`: file or folder; `optional-any`: the same when
   * one is named; `address`, `optional-address`: only parsed; `folder-path`: parsed as `/domains`
   * does it (`/` for the top level, a trailing slash is dropped); `none`: not looked at.
   */
  readonly domain:
    'file' | 'any' | 'optional-any' | 'address' | 'optional-address' | 'folder-path' | 'none';
  /** Collection that the path parameter `id` must belong to; `any`: the one that the path names. */
  readonly object?: 'groups' | 'datasets' | 'datatypes' | 'any';
  /** `json`: required and parsed; `json-optional`: parsed when there is one; `stream`: left alone. */
  readonly body: 'none' | 'json' | 'json-optional' | 'stream';
  /** Served in every node state and whatever the load: probes and service information. */
  readonly always?: boolean;
}

/** Attached to the Fastify request as `hsds`. */
export interface RequestContext {
  readonly user: User;
  /** Absent when the rule says so or none was given. */
  readonly domain?: DomainAddress;
  /** The bucket that the request names, else the default one; with every rule but `none`. */
  readonly bucket?: string;
  /** The `domain` query parameter as decoded, for hrefs; absent when it came by header. */
  readonly domainParam?: string;
  /** The `host` query parameter as decoded, for hrefs. */
  readonly hostParam?: string;
  /** With rule `file` or `any`. Live: read before the next await. */
  readonly document?: DomainDocument;
  /** Root group id, with rule `file`. */
  readonly root?: string;
  /** The object that the path names, with `object` rules: it exists and belongs to the domain. */
  readonly object?: ObjectRecord;
  /** Parsed JSON body, when there is one and the rule reads it. */
  readonly body?: Json;
  /** First value of every query parameter, decoded. */
  readonly query: ReadonlyMap<string, string>;
  /** Goes with every call to a data node. */
  readonly call: CallContext;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access guard. */
    hsds?: RequestContext;
  }
}
