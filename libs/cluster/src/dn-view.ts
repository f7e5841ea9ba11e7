import type { DnAgent } from './dn-agent.js';
import { nodeMapOf } from './epoch-record.js';
import type { MembershipView, PublicState } from './membership-view.js';
import { NodeMap } from './node-map.js';

/** A data node's own view, for its status pages: the map of the newest record. */
export class DnView implements MembershipView {
  private map = new NodeMap(0, '', []);
  private etag = '';

  constructor(
    private readonly agent: DnAgent,
    private readonly dnPort: number,
  ) {}

  current(): NodeMap {
    const { view } = this.agent.state;
    if (view !== null && view.etag !== this.etag) {
      this.etag = view.etag;
      this.map = nodeMapOf(view.record, this.dnPort);
    }
    return this.map;
  }

  refresh(): Promise<void> {
    this.agent.hint();
    return Promise.resolve();
  }

  onChange(listener: () => void): () => void {
    return this.agent.onChange(listener);
  }

  get ready(): boolean {
    return this.current().size > 0;
  }

  get state(): PublicState {
    return this.agent.publicState;
  }
}
