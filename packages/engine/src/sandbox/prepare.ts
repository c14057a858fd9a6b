import type { ContainerLimits } from '../engine.ts'
import type { IdRange } from '../filesystem.ts'
import { nameFiles, writeNameFiles } from '../network/name-files.ts'
import type { Networks } from '../network/networks.ts'
import type { SandboxMount } from '../sandbox.ts'
import { assertWords, processEnvironment } from './environment.ts'
import { assertProgram } from './find-program.ts'
import type { HostParts } from './host-parts.ts'
import { mountTargets, nameMountTargets, placeMounts } from './mount-targets.ts'
import { ociSpec } from './oci-spec.ts'
import { resolveUser } from './resolve-user.ts'
import { assertSafeRoot } from './safe-root.ts'
import { runs32Bit } from './thirty-two-bit.ts'

export type Prepared = {
  id: string
  /** The cgroup in which it has its own, below the engine's. Default: the engine's. */
  cgroupAbove?: string
  /** The bundle: files of the engine's that the container gets to see are written here. */
  directory: string
  root: string
  range: IdRange
  argv: readonly string[]
  env: Readonly<Record<string, string>>
  workingDirectory: string
  user: string
  hostname: string
  /** Whether the environment says it too: a build's steps do not, as with BuildKit. Default true. */
  tellsHostname?: boolean
  address: string | null
  /** Of /etc/hosts: whom it knows by name. */
  hostLines?: readonly string[]
  limits: ContainerLimits
  mounts: readonly SandboxMount[]
  readOnlyRoot?: boolean
  init: boolean
  /** The init alone: no program of the image's is started. */
  idle?: boolean
  oomScore: number
}

/** Inside; in /dev, which is a fresh tmpfs, so that no stub of it stays in the upper directory. podman's older place. */
const initPath = '/dev/init'

/**
 * From what is wanted to what the runtime is told, having looked at the root first.
 *
 * @throws CONTAINER.UNSAFE_IMAGE, CONTAINER.START_FAILED
 */
export async function prepareSpec(
  parts: HostParts,
  { resolvers, ipv6 }: Pick<Networks, 'resolvers' | 'ipv6'>,
  wanted: Prepared,
) {
  const { root, directory, hostname, address, idle = false } = wanted
  const argv = idle ? [initPath, '-P'] : wanted.argv
  const hasInit = idle || wanted.init
  assertWords(argv)
  const workingDirectory = wanted.workingDirectory.startsWith('/')
    ? wanted.workingDirectory
    : `/${wanted.workingDirectory}`
  const placed = await placeMounts(root, wanted.mounts)
  const targets = [...nameMountTargets, ...(await mountTargets(placed))]
  const [, { user, env }, names, seccomp] = await allDone([
    assertSafeRoot(root, { targets, workingDirectory }),
    findProcess({ ...wanted, mounts: placed, workingDirectory }),
    writeNameFiles(directory, nameFiles({ hostname, address, resolvers, others: wanted.hostLines })),
    runs32Bit(root).then((runs) => (runs ? parts.seccomp.with32Bit : parts.seccomp.native)),
  ])
  const mounts: SandboxMount[] = [...names, ...placed]
  return ociSpec(
    {
      ...wanted,
      workingDirectory,
      user,
      env,
      ipv6,
      argv: wanted.init && !idle ? [initPath, '--', ...argv] : argv,
      mounts: hasInit ? [...mounts, { kind: 'bind', source: parts.init, target: initPath }] : mounts,
      cgroupPath: [parts.places.cgroupParent, wanted.cgroupAbove, wanted.id].filter(Boolean).join('/'),
    },
    parts.host,
    seccomp,
  )
}

/** Who it runs as, with what environment, its program being there. */
async function findProcess({ root, range, argv, user: given, env: wantedEnv, ...rest }: Prepared) {
  const user = await resolveUser(root, given)
  const env = processEnvironment(wantedEnv, {
    home: user.home,
    hostname: rest.tellsHostname === false ? null : rest.hostname,
  })
  const { workingDirectory, mounts } = rest
  const word = argv[0] ?? ''
  if (!rest.idle)
    await assertProgram(root, { word, path: env.PATH ?? '', workingDirectory, user, range, mounts })
  return { user, env }
}

/** When one fails the others have ended too: nobody writes into what is being undone. The first failure is thrown. */
async function allDone<const Work extends readonly Promise<unknown>[]>(work: Work) {
  await Promise.allSettled(work)
  return Promise.all(work)
}
