import { HdfError, ownerIndex } from '#hdf5';

/** One data node as every node sees it. */
export interface ClusterNode {
  /** Canonical IP text, or a name where discovery is static. */
  readonly ip: string;
  readonly port: number;
  /** Random id of the process start, when known. */
  readonly boot?: string;
}

/**
 * The data nodes of one epoch in canonical order: a node's number is its index. Immutable; equal
 * lists of one epoch have equal fingerprints on every node.
 */
export class NodeMap {
  /**
   * @param epoch 0 before the first record and for fixed maps
   * @param fingerprint names the list and the hash function that divides objects over it
   * @param nodes in canonical order
   */
  constructor(
    readonly epoch: number,
    readonly fingerprint: string,
    readonly nodes: readonly ClusterNode[],
  ) {}

  get size(): number {
    return this.nodes.length;
  }

  /** Number of the node that owns an object id, chunk id, or `bucket/path` of a domain. */
  ownerOf(name: string): number {
    if (this.nodes.length === 0) {
      throw new HdfError('unavailable', 'no data node is known yet', { retryAfterS: 1 });
    }
    return ownerIndex(name, this.nodes.length);
  }
}
