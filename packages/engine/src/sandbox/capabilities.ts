/**
 * What root may do inside a container: podman's default set (containers.conf, `default_capabilities`). Compared with
 * Docker's it lacks NET_RAW (forged packets), MKNOD and AUDIT_WRITE.
 */
export const defaultCapabilities = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_NET_BIND_SERVICE',
  'CAP_SETFCAP',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_CHROOT',
] as const

/** A user other than root starts with none; the bounding set is what set-uid programs may still gain. */
export function capabilitySets(uid: number) {
  const held = uid === 0 ? defaultCapabilities : []
  return { bounding: defaultCapabilities, effective: held, permitted: held, inheritable: [], ambient: [] }
}
