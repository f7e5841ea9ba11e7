import type { Client, Objects } from './registers.js';
import type { Prng } from './prng.js';
import type { SimSn } from './sim-sn.js';

/** Something with a beginning and an end that only one client knows: every answer is certain. */
interface Life {
  readonly what: string;
  state: 'new' | 'present' | 'deleted';
  /** May begin again after its end; ids of objects are used once. */
  readonly returns: boolean;
  create(sn: SimSn, requestId: string): Promise<void>;
  has(sn: SimSn, requestId: string): Promise<boolean>;
  delete(sn: SimSn, requestId: string): Promise<void>;
}

const KINDS = ['group', 'domain', 'link', 'attribute'] as const;

type Kind = (typeof KINDS)[number];

/** What the workloads of single clients need. */
export interface Surroundings {
  readonly random: Prng;
  readonly objects: Objects;
  readonly client: Client;
  /** One call, counted; null when it was not answered. */
  timed<T>(sn: SimSn, work: (requestId: string) => Promise<T>): Promise<T | null>;
  violation(message: string): void;
}

/** Clients that create, look for and delete things, and know what each answer must be. */
export class Lives {
  private readonly lives = new Map<string, Life>();
  private born = 0;

  constructor(private readonly around: Surroundings) {}

  /** One step of a client. What was not answered is never touched again. */
  async step(client: number, sn: SimSn): Promise<void> {
    const { random } = this.around;
    const kind = random.pick(KINDS);
    const key = `${client} ${kind}`;
    const life = this.lives.get(key) ?? this.begin(kind);
    if (await this.go(life, sn)) this.lives.set(key, life);
    else this.lives.delete(key);
  }

  /** @returns whether the life goes on */
  private async go(life: Life, sn: SimSn): Promise<boolean> {
    const { random, timed, violation } = this.around;
    if (life.state === 'new') {
      const done = await timed(sn, (name) => life.create(sn, name));
      life.state = 'present';
      return done !== null;
    }
    const isPresent = life.state === 'present';
    if (isPresent && random.chance(0.5)) {
      const done = await timed(sn, (name) => life.delete(sn, name));
      life.state = 'deleted';
      return done !== null;
    }
    const found = await timed(sn, (name) => life.has(sn, name));
    if (found === null) return true;
    if (found !== isPresent) {
      violation(`${life.what} is ${found ? 'there' : 'absent'} after it was ${life.state}`);
      return false;
    }
    if (isPresent || random.chance(0.5)) return true;
    life.state = 'new';
    return life.returns;
  }

  private begin(kind: Kind): Life {
    const { client, objects } = this.around;
    this.born += 1;
    const name = `${kind}-${this.born}`;
    const start = { what: name, state: 'new', returns: true } as const;
    switch (kind) {
      case 'group': {
        const group = objects.newGroup();
        return {
          ...start,
          returns: false,
          create: (sn, rq) => client.createObject(sn, rq, group),
          has: (sn, rq) => client.hasGroup(sn, rq, group.id),
          delete: (sn, rq) => client.deleteGroup(sn, rq, group.id),
        };
      }
      case 'domain': {
        const path = `/home/${name}.h5`;
        return {
          ...start,
          create: (sn, rq) => client.createDomain(sn, rq, path),
          has: (sn, rq) => client.hasDomain(sn, rq, path),
          delete: (sn, rq) => client.deleteDomain(sn, rq, path),
        };
      }
      case 'link':
        return {
          ...start,
          create: (sn, rq) => client.putLink(sn, rq, name),
          has: (sn, rq) => client.hasLink(sn, rq, name),
          delete: (sn, rq) => client.deleteLink(sn, rq, name),
        };
      case 'attribute':
        return {
          ...start,
          create: (sn, rq) => client.writeAttribute(sn, rq, name, 1),
          has: async (sn, rq) => (await client.readAttribute(sn, rq, name)) === 1,
          delete: (sn, rq) => client.deleteAttribute(sn, rq, name),
        };
    }
  }
}
