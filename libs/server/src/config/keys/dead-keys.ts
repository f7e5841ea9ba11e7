import { bool, dead, gib, int, mib, number, optional, size, text } from '../key-spec.js';

const UNREAD = 'accepted for compatibility, without effect';

/** Settings of HSDS that nothing reads any more, there or here. */
export const DEAD_KEYS = {
  azure_storage_account: dead(optional(UNREAD)),
  azure_resource_group: dead(optional(UNREAD)),
  head_ram: dead(size(mib(512), UNREAD)),
  dn_ram: dead(size(gib(3), UNREAD)),
  sn_ram: dead(size(gib(3), UNREAD)),
  head_sleep_time: dead(number(10, 's', UNREAD)),
  async_sleep_time: dead(number(1, 's', UNREAD)),
  standalone_app: dead(bool(false, UNREAD)),
  restart_policy: dead(text('on-failure', UNREAD)),
  aws_lambda_chunkread_function: dead(optional(UNREAD)),
  aws_lambda_threshold: dead(int(4, 'count', UNREAD)),
  aws_lambda_max_invoke: dead(int(1000, 'count', UNREAD)),
  aws_lambda_gateway: dead(optional(UNREAD)),
  rangeget_port: dead(int(6900, 'port', UNREAD)),
  rangeget_ram: dead(size(gib(2), UNREAD)),
  data_cache_size: dead(size(mib(128), UNREAD)),
  data_cache_max_req_size: dead(size(128, UNREAD)),
  data_cache_expire_time: dead(number(3600, 's', UNREAD)),
  data_cache_page_size: dead(size(mib(4), UNREAD)),
  data_cache_max_concurrent_read: dead(int(16, 'count', UNREAD)),
  removesitepackages: dead(bool(false, UNREAD)),
  is_docker: dead(optional(UNREAD)),
} as const;
