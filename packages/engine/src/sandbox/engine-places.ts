import { shortHash } from '@berth/domain'

/** Where the running half of the engine keeps its things, and what it calls them: names that two engines never share. */
export type EnginePlaces = ReturnType<typeof enginePlaces>

export function enginePlaces({ home, run }: { home: string; run: string }) {
  const mark = shortHash(home)
  return {
    /** Records, bundles and upper directories, a directory a container. */
    containers: `${home}/containers`,
    groups: `${home}/groups`,
    /** What IPv6 addresses of containers begin with. */
    uniqueLocal: `${home}/ipv6-prefix.json`,
    /** The runtime's own state. */
    runtimeRoot: `${run}/runtime`,
    /** Which one it is: `crun` or `runc`. */
    runtimeKind: `${run}/runtime-kind`,
    /** conmon writes a file here when a container has exited: its name the id, its content the exit code. */
    exits: `${run}/exits`,
    sockets: `${run}/sockets`,
    steps: `${run}/steps`,
    /** Of further processes in containers: what the runtime is told, and what it says. */
    execs: `${run}/execs`,
    /** Below the root of each cgroup tree. */
    cgroupParent: `/berth-${mark}`,
    nftTable: `berth_${mark}`,
    /** An interface's name has 15 characters at most: 9 of these, and 6 to tell them apart. */
    bridgePrefix: `b${mark}`,
    vethPrefix: `v${mark}`,
  }
}
