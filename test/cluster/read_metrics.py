"""Reads a metrics page as Prometheus' own client does: read_metrics.py sn|dn FILE."""

import sys

from prometheus_client.parser import text_string_to_metric_families

BOTH = """hsds_info hsds_node_ready hsds_tasks_active hsds_tasks_max hsds_log_events
hsds_epoch hsds_map_members hsds_view_mismatch hsds_k8s_view_age_seconds hsds_s3_requests
hsds_s3_request_seconds hsds_s3_request_bytes hsds_s3_requests_active nodejs_eventloop_lag_p99_seconds
nodejs_eventloop_lag_seconds process_resident_memory_bytes process_cpu_seconds"""
ONLY = {
    "sn": """hsds_http_requests hsds_http_request_duration_seconds hsds_http_bytes
    hsds_hold_queue_requests hsds_hold_queue_bytes hsds_hold_duration_seconds hsds_hold_overflow""",
    "dn": """hsds_internal_requests hsds_internal_request_duration_seconds hsds_internal_bytes
    hsds_epoch_phase hsds_lease_remaining_seconds hsds_transition_duration_seconds hsds_transitions
    hsds_dn_refusals hsds_dirty_objects hsds_dirty_bytes hsds_dirty_waits hsds_flush_duration_seconds
    hsds_cas_conflicts hsds_lost_operations hsds_dedupe_hits hsds_fenced hsds_cache_lookups
    hsds_cache_items hsds_cache_mem_used_bytes hsds_storage_bytes_read hsds_storage_bytes_written""",
}
role, path = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    families = {family.name: family for family in text_string_to_metric_families(file.read())}
samples = sum(len(family.samples) for family in families.values())
print(f"{role}: {len(families)} families, {samples} samples")
missing = [name for name in (BOTH + " " + ONLY[role]).split() if name not in families]
if missing:
    print(f"{role}: missing {' '.join(missing)}")
kind = {"sn": "http", "dn": "internal"}[role]
durations = families[f"hsds_{kind}_request_duration_seconds"].samples
routes = {sample.labels.get("route") for sample in durations}
print(f"{role}: routes {' '.join(sorted(routes))}")
wanted = {"sn": "/datasets/:id/value", "dn": "/dn/chunk.write"}[role]
sys.exit(1 if missing or wanted not in routes else 0)
