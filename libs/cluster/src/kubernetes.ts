import type { CoreV1Api, KubeConfig, Watch } from '@kubernetes/client-node';
import { HdfError } from '#hdf5';
import type { PodApi, PodEvent } from './discovery.js';
import { formatSelector } from './label-selector.js';

/** Where the pods of the data nodes are. */
export interface KubernetesPodsOptions {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Prefix of the service account's folder; empty in a real pod. */
  readonly accountPrefix?: string;
  /** Of a list, and of silence of a watch beyond its bookmarks. */
  readonly timeoutMs?: number;
}

const EVENT_TYPES: Readonly<Record<string, PodEvent['type']>> = {
  ADDED: 'added',
  MODIFIED: 'modified',
  DELETED: 'deleted',
  BOOKMARK: 'bookmark',
};

/**
 * The pod calls over the service account of the pod. The client library costs half a second and
 * 100 MB to load, so that it is imported only here, when this driver is chosen.
 */
export async function openKubernetesPods(options: KubernetesPodsOptions): Promise<PodApi> {
  const library = await import('@kubernetes/client-node');
  const config: KubeConfig = new library.KubeConfig();
  config.loadFromCluster(options.accountPrefix ?? '');
  const core = config.makeApiClient(library.CoreV1Api);
  return new KubernetesPods(core, new library.Watch(config), options);
}

/** List and watch of the pods of one namespace and label selector. */
export class KubernetesPods implements PodApi {
  private readonly labelSelector: string;

  constructor(
    private readonly core: Pick<CoreV1Api, 'listNamespacedPod'>,
    private readonly watcher: Pick<Watch, 'watch'>,
    private readonly options: KubernetesPodsOptions,
  ) {
    this.labelSelector = formatSelector(options.labels);
  }

  async list(): Promise<{ pods: readonly unknown[]; resourceVersion: string }> {
    const { namespace, timeoutMs = 5000 } = this.options;
    try {
      // Without resourceVersion the list is a consistent one; 0 could show deleted pods.
      const request = { namespace, labelSelector: this.labelSelector };
      const signal = AbortSignal.timeout(timeoutMs);
      const list = await this.core.listNamespacedPod(request, { signal } as object);
      return { pods: list.items, resourceVersion: list.metadata?.resourceVersion ?? '' };
    } catch (error) {
      throw translate(error, 'list', namespace);
    }
  }

  async watch(
    resourceVersion: string,
    onEvent: (event: PodEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { namespace } = this.options;
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
    const query = {
      labelSelector: this.labelSelector,
      resourceVersion,
      allowWatchBookmarks: true,
      timeoutSeconds: 60,
    };
    await new Promise<void>((resolve, reject) => {
      const onDone = (error: unknown) => {
        if (error === null || error === undefined || signal.aborted) resolve();
        else reject(translate(error, 'watch', namespace));
      };
      const onObject = (phase: string, object: unknown) => {
        const type = EVENT_TYPES[phase] ?? 'error';
        onEvent({ type, object });
        if (type === 'error') reject(translate(object, 'watch', namespace));
      };
      this.watcher
        .watch(path, query, onObject, onDone)
        .then((controller) => {
          const stop = () => {
            controller.abort();
            resolve();
          };
          if (signal.aborted) stop();
          else signal.addEventListener('abort', stop, { once: true });
        })
        .catch(onDone);
    });
  }
}

/** Translates an error of the client library or a Status object of a watch. */
function translate(error: unknown, verb: 'list' | 'watch', namespace: string): HdfError {
  const status = statusOf(error);
  const detail = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : '';
  if (status === 401 || status === 403) {
    const refused = `Kubernetes refuses "${verb}" on pods in namespace "${namespace}" (${status})`;
    const missing =
      status === 401
        ? 'the token of the service account of this pod is not accepted'
        : 'no Role that a RoleBinding in that namespace gives to the service account of this pod ' +
          `has the rule apiGroups [""], resources ["pods"], verbs ["${verb}"]`;
    const message = `${refused}: ${missing}; ${serverMessage(error)}`;
    return new HdfError('forbidden', message, { cause: error });
  }
  if (status === 410) {
    return new HdfError('gone', `pod ${verb}: the resource version is too old`, { cause: error });
  }
  return new HdfError('unavailable', `Kubernetes pod ${verb} failed: ${status} ${detail}`, {
    cause: error,
  });
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 0;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (typeof code === 'number') return code;
  return typeof statusCode === 'number' ? statusCode : 0;
}

/** What the API server says itself; the library leaves the body of an error as text. */
function serverMessage(error: unknown): string {
  const { body } = error as { body?: unknown };
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? null);
  const message = /"message":\s*("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  return message === undefined ? 'no message from the server' : (JSON.parse(message) as string);
}
