import { bool, choice, int, list, number, optional, text } from '../key-spec.js';

/** What this process is, where it listens, which others there are, what it logs. */
export const NODE_KEYS = {
  node_type: choice(['sn', 'dn', 'head', 'head_node', 'embedded'], 'sn', 'role of this process'),
  node_number: int(-1, 'index', 'fixed number of this data node; -1: by discovery', -1),
  dn_urls: list([], 'fixed list of data nodes; empty: discovery'),
  host: text('0.0.0.0', 'address to listen on'),
  port: int(0, 'port', 'port to listen on; 0: sn_port or dn_port'),
  count: int(4, 'count', 'data nodes of the single-machine launcher of HSDS; here: dn_count', 1),
  dn_count: int(0, 'count', 'data node processes beside the embedded service node; 0: inside it'),
  sn_port: int(5101, 'port', 'public port'),
  dn_port: int(6101, 'port', 'first data node port'),
  k8s_dn_label_selector: text('app=hsds', 'pods that are data nodes'),
  k8s_app_label: optional('older form of the selector: app=<label>'),
  k8s_namespace: optional('namespace of the data nodes; default: the own one'),
  kubernetes_service_host: optional('set by Kubernetes: run in a cluster'),
  cluster_id: optional('name of this deployment in the bucket; default: the bucket'),
  pod_ip: optional('own address, from the downward API'),
  pod_uid: optional('own uid, from the downward API'),
  pod_name: optional('own name, from the downward API'),
  service_account_prefix: optional('folder before the service account files, for tests'),
  log_level: choice(
    ['ERROR', 'WARNING', 'WARN', 'INFO', 'DEBUG'],
    'INFO',
    'least severe records that are logged',
  ),
  loglevel: optional('the same, as a flag of the single-machine launcher'),
  log_format: choice(['json', 'text'], 'json', 'one JSON object a line, or LEVEL> message'),
  log_timestamps: bool(false, 'epoch seconds before text lines'),
  log_prefix: optional('text before text lines'),
  logfile: optional('file to log to instead of standard output'),
  otel_exporter_otlp_endpoint: optional(
    'OTLP/HTTP collector of traces, http://host:4318; unset: no traces',
  ),
  otel_service_name: text('hsds', 'service.name of traces'),
  otel_traces_sampler_arg: number(1, 'share', 'traces kept, 0 to 1, unless the caller has decided'),
} as const;
