import type { Clock, ObjectStore, Random } from '#storage';
import type { ClusterLog } from './agent-parts.js';
import type { ClusterNode } from './node-map.js';

/** A cluster whose data nodes are Kubernetes pods. */
export interface KubernetesClusterOptions {
  readonly driver: 'kubernetes';
  readonly role: 'sn' | 'dn';
  /** Names the deployment in its bucket. */
  readonly clusterId: string;
  /** Where the epoch record lives. */
  readonly store: ObjectStore;
  readonly bucket: string;
  readonly namespace: string;
  /** Labels of the data nodes' pods, `name=value,…`. */
  readonly selector: string;
  /** Name of the data node's container in its pod. */
  readonly container: string;
  /** Port of every data node. */
  readonly dnPort: number;
  /** This pod; needed by data nodes. `boot` also names the writer in stored objects. */
  readonly self?: { readonly ip: string; readonly uid: string; readonly boot: string };
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ClusterLog;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
  /** Go on with a store that fails the probe of its conditional writes. */
  readonly allowUnfencedStore?: boolean;
  /** Prefix of the service account's folder; empty in a real pod. */
  readonly accountPrefix?: string;
}

/** Where the list of data nodes comes from. */
export type ClusterOptions =
  /** One process: one data node, called directly. */
  | { readonly driver: 'embedded' }
  /** A list from the configuration that never changes; `self` is the data node that asks. */
  | {
      readonly driver: 'static';
      readonly nodes: readonly ClusterNode[];
      readonly self?: ClusterNode;
    }
  | KubernetesClusterOptions;
