/** What a route's decorators do not say: its purpose, its parameters, its bodies. */
import type { JsonOut } from '#hdf5';

/** A JSON Schema, or a reference to one of the components. */
export type Schema = Readonly<Record<string, JsonOut>>;

export interface RouteNote {
  /** A sentence without a full stop. */
  readonly summary: string;
  /** Query parameters, by name, beside those that name the domain. */
  readonly query?: readonly string[];
  /** The JSON body of the request. */
  readonly body?: Schema;
  /** The body may also be packed bytes (`application/octet-stream`); what they are. */
  readonly bytesIn?: string;
  /** Schema of the JSON answer; absent: an empty object. */
  readonly answer?: Schema;
  /** With `Accept: application/octet-stream` the answer is packed bytes; what they are. */
  readonly bytesOut?: string;
  /** Statuses of success with what each means, when there is more than one. */
  readonly statuses?: Readonly<Record<number, string>>;
  /** Failures beyond those that follow from the access rule, with what each means. */
  readonly failures?: Readonly<Record<number, string>>;
  /** Content type of an answer that is not JSON. */
  readonly answerType?: string;
}

/** Notes by `GET /path` as OpenAPI writes paths. */
export type RouteNotes = Readonly<Record<string, RouteNote>>;

/** A query parameter as all routes that take it mean it. */
export interface ParameterNote {
  readonly description: string;
  readonly schema: Schema;
}

/** Everything about an API beside its routes. */
export interface ApiNotes {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly routes: RouteNotes;
  readonly parameters: Readonly<Record<string, ParameterNote>>;
  /** Parameters in paths, by name. */
  readonly pathParameters: Readonly<Record<string, ParameterNote>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}
