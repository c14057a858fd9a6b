import { posix } from 'node:path'
import { fail } from '../dockerfile/line-parts.ts'
import type { MountFlag } from '../dockerfile/mount-flag.ts'
import { type MountOptions, mountOptions } from '../dockerfile/mount-options.ts'
import type { Place } from '../dockerfile/source-text.ts'
import type { ImageConfig } from '../engine.ts'
import type { ContextIndex } from './context.ts'
import type { AgentMount, BindSource, CacheMount, Origin, RunMount, SecretMount } from './plan.ts'
import { selectSource } from './select-sources.ts'
import { type Expander, inWorkingDirectory } from './stage-state.ts'

/** What a stage knows when its RUN --mount flags are read. */
export type MountScope = {
  config: ImageConfig
  expand: Expander
  index: ContextIndex
  place: Place
  /** Before the ids of caches: BUILDKIT_CACHE_MOUNT_NS. '' where there is none. */
  cacheNamespace: string
  /** The root that `from` names. */
  origin(from: string): Origin
}

type Wanted = { flag: MountFlag; options: MountOptions; scope: MountScope }

/**
 * RUN --mount, with BuildKit's defaults: frontend/dockerfile/dockerfile2llb/convert_runmount.go, convert_secrets.go and
 * convert_ssh.go. @throws BUILD.SYNTAX, BUILD.SOURCE_NOT_FOUND
 */
export function planMounts(flags: readonly MountFlag[], scope: MountScope): RunMount[] {
  const expand = (text: string) => scope.expand.one(text, scope.place)
  const all = flags.map((flag) => ({ flag, options: mountOptions(flag, expand, scope.place), scope }))
  const agents = all.filter(({ options }) => options.type === 'ssh')
  return all.map((wanted) => planMount(wanted, agents.indexOf(wanted)))
}

/** `agentNumber`: among the mounts of type ssh. */
function planMount(wanted: Wanted, agentNumber: number): RunMount {
  const { type, sizeBytes } = wanted.options
  switch (type) {
    case 'bind':
      return bind(wanted)
    case 'cache':
      return { type, target: target(wanted), ...cache(wanted) }
    case 'tmpfs':
      return { type, target: target(wanted), sizeBytes }
    case 'secret':
      return { type, ...secret(wanted) }
    case 'ssh':
      return { type, ...agent(wanted, agentNumber) }
  }
}

/** The roots that mounts read, in their order. */
export function mountedRoots(mounts: readonly RunMount[]): Origin[] {
  return mounts.flatMap((mount) => {
    const from = mount.type === 'bind' || mount.type === 'cache' ? mount.from : null
    return from?.kind === 'root' ? [from.origin] : []
  })
}

function bind({ flag, options, scope }: Wanted): RunMount {
  const at = target({ flag, options, scope })
  const source = posix.join('/', options.source ?? '')
  const from: BindSource =
    flag.from === null
      ? { kind: 'context', source: selectSource(scope.index, source, scope.place) }
      : { kind: 'root', origin: scope.origin(flag.from), source }
  return { type: 'bind', target: at, from, writable: !options.readOnly }
}

function cache({ flag, options, scope }: Wanted): CacheMount {
  const origin: Origin = flag.from === null ? { kind: 'scratch' } : scope.origin(flag.from)
  const source = posix.join('/', options.source ?? '')
  const id = options.id ?? posix.normalize(options.target ?? '.').replace(/(.)\/+$/, '$1')
  return {
    id: scope.cacheNamespace === '' ? id : `${scope.cacheNamespace}/${id}`,
    sharing: options.sharing,
    from: origin.kind === 'scratch' ? null : { kind: 'root', origin, source },
    readOnly: options.readOnly,
    ...access(options, 0o755),
  }
}

function secret({ options, scope }: Wanted): SecretMount {
  const { place } = scope
  if (options.source !== null && options.id !== null) {
    fail(place, 'a secret has an id or a source, which mean the same, not both.')
  }
  const id = options.id ?? options.source ?? (options.target === null ? '' : posix.basename(options.target))
  if (id === '') fail(place, 'a mount of type secret needs an id.', 'For example: type=secret,id=token')
  const byDefault = options.env === null ? `/run/secrets/${posix.basename(id)}` : null
  const at = options.target ?? byDefault
  return {
    id,
    target: at === null ? null : resolved(at, scope),
    variable: options.env === '' ? id : options.env,
    required: options.required,
    ...access(options, 0o400),
  }
}

function agent({ options, scope }: Wanted, number: number): AgentMount {
  return {
    id: options.id ?? 'default',
    target: resolved(options.target ?? `/run/buildkit/ssh_agent.${number}`, scope),
    required: options.required,
    ...access(options, 0o600),
  }
}

function access({ mode, uid, gid }: MountOptions, defaultMode: number) {
  return { mode: mode ?? defaultMode, uid: uid ?? 0, gid: gid ?? 0 }
}

/** Nothing given: where the step works. */
function target({ options, scope }: Wanted): string {
  return resolved(options.target ?? '.', scope)
}

function resolved(path: string, { config, place }: MountScope): string {
  const at = inWorkingDirectory(config, path)
  if (at === '/') fail(place, 'a mount needs a target other than "/".', 'For example: target=/src')
  if (at.includes('\0')) fail(place, 'the target of a mount holds a NUL character.')
  return at
}
