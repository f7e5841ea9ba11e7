import type { HealthReport, PeerTransport } from '#cluster';
import type { Cluster } from './cluster.js';
import type { SimProcess } from './process.js';

const ANSWER_WITHIN_MS = 1000;

/** Pings and hints over the simulated network. */
export function simPeers(cluster: Cluster, from: SimProcess): PeerTransport {
  const ask = <T>(ip: string, work: (dn: NonNullable<ReturnType<Cluster['dnOf']['get']>>) => T) =>
    cluster.network.call(from, ip, {
      timeoutMs: ANSWER_WITHIN_MS,
      work: (process) => {
        const dn = cluster.dnOf.get(process);
        return dn === undefined
          ? Promise.reject(new Error('no data node'))
          : Promise.resolve(work(dn));
      },
    });
  return {
    health: (ip) => ask<HealthReport>(ip, (dn) => ({ ...dn.agent.health() })).catch(() => null),
    hint: (ips) => {
      for (const ip of ips) {
        ask(ip, (dn) => {
          dn.agent.hint();
        }).catch(() => undefined);
      }
    },
  };
}
