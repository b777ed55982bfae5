/** Where the parts of a Ceph of one machine keep what they have, and listen. */
export type CephPlace = {home: string; libraries: string; cluster: string; monitorPort: number; s3Port: number}

/**
 * The configuration of a Ceph with one monitor and one store, which keeps objects in memory. Its S3 server takes no
 * clients without keys, so that keys are asked for everywhere. Nothing is written beside `home`.
 */
export function cephConfig({home, libraries, cluster, monitorPort, s3Port}: CephPlace): string {
  const settings = {
    fsid: cluster,
    mon_host: `[v2:127.0.0.1:${monitorPort}]`,
    public_addr: '127.0.0.1',
    ms_bind_ipv6: 'false',
    mon_data: `${home}/monitor`,
    osd_data: `${home}/store`,
    rgw_data: home,
    run_dir: home,
    admin_socket: '',
    keyring: `${home}/keyring`,
    log_file: '',
    log_to_stderr: 'false',
    mon_cluster_log_to_file: 'false',
    plugin_dir: `${libraries}/ceph`,
    erasure_code_dir: `${libraries}/ceph/erasure-code`,
    osd_class_dir: `${libraries}/rados-classes`,
    auth_cluster_required: 'cephx',
    auth_service_required: 'cephx',
    auth_client_required: 'cephx',
    osd_objectstore: 'memstore',
    memstore_device_bytes: String(2 ** 30),
    // One copy of everything, on the one store that there is, in as few groups as there can be.
    osd_pool_default_size: '1',
    osd_pool_default_min_size: '1',
    osd_pool_default_pg_num: '1',
    osd_pool_default_pgp_num: '1',
    osd_crush_chooseleaf_type: '0',
    mon_allow_pool_size_one: 'true',
    mon_data_avail_crit: '0',
    // The monitor would wait a second with each change, for others to come along.
    paxos_propose_interval: '0.05',
    rgw_frontends: `beast endpoint=127.0.0.1:${s3Port}`,
    rgw_thread_pool_size: '32',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`)
  return `[global]\n${lines.join('')}`
}
