import type { FileSystems } from '../filesystem.ts'
import type { Networks } from '../network/networks.ts'
import type { ProjectQuotas } from '../quota/project-quotas.ts'
import type { HostParts } from '../sandbox/host-parts.ts'
import type { HostVolumes } from '../volume/open-volumes.ts'
import type { GroupRecords } from './group-records.ts'
import type { ContainerNames } from './names/container-names.ts'

/** What starting and ending a container takes. */
export type ContainerParts = HostParts & {
  fileSystems: FileSystems
  groups: GroupRecords
  networks: Networks
  volumes: HostVolumes
  quotas: ProjectQuotas
  names: ContainerNames
  bootId: string
}
