import type { CopyInstruction } from '../dockerfile/instruction.ts'
import { fail } from '../dockerfile/line-parts.ts'
import { quoted } from '../dockerfile/source-text.ts'
import type { ImageConfig } from '../engine.ts'
import type { ContextIndex } from './context.ts'
import { type ModeChange, parseMode } from './mode.ts'
import type { CopyAction, CopyFromAction, CopyTarget, Origin, RemoteSource } from './plan.ts'
import { checkChecksum, remoteSource } from './remote-source.ts'
import { selectBelowPivot, selectSources } from './select-sources.ts'
import { type Expander, inWorkingDirectory } from './stage-state.ts'

export type CopyScope = {
  config: ImageConfig
  expand: Expander
  index: ContextIndex
  /** Null: the context. */
  from: Origin | null
}

/** @throws BUILD.SYNTAX, BUILD.SOURCE_NOT_FOUND */
export function planCopy(instruction: CopyInstruction, scope: CopyScope): CopyAction | CopyFromAction {
  const { place, keyword } = instruction
  const { expand, index, from } = scope
  const sources = instruction.sources.map((source) => expand.one(source, place))
  // Not expanded, as in BuildKit.
  const { exclude, parents: keepParents } = instruction
  const target = copyTarget(instruction, scope)
  const inline = instruction.inline.map(({ name, content, expand: expands }) => ({
    name,
    content: expands ? expand.raw(content, place) : content,
  }))
  const { remote, local } = divided(sources, instruction, expand)
  if (from !== null) {
    if (inline.length > 0)
      fail(place, `${keyword} --from takes no heredocs.`, 'Give them a COPY of their own.')
    return {
      kind: 'copy-from',
      ...target,
      from,
      fromName: instruction.from ?? '',
      sources,
      exclude,
      keepParents,
    }
  }
  const wanted = { sources: local, exclude, place }
  return {
    kind: 'copy',
    ...target,
    sources: keepParents ? selectBelowPivot(index, wanted) : selectSources(index, wanted),
    inline,
    unpack: keyword === 'ADD' && (instruction.unpack ?? true),
    remote,
    exclude,
    keepParents,
  }
}

function divided(sources: readonly string[], instruction: CopyInstruction, expand: Expander) {
  const { place, keyword, unpack, keepGitDirectory } = instruction
  const checksum = instruction.checksum === null ? '' : expand.one(instruction.checksum, place)
  const options = { place, keyword, unpack, keepGitDirectory, checksum: checksum === '' ? null : checksum }
  const remote: RemoteSource[] = []
  const local: string[] = []
  for (const source of sources) {
    const fetched = remoteSource(source, options)
    if (fetched === undefined) local.push(source)
    else remote.push(fetched)
  }
  checkChecksum(options, sources.length, remote)
  return { remote, local }
}

function copyTarget(instruction: CopyInstruction, { config, expand }: CopyScope): CopyTarget {
  const { place } = instruction
  const given = expand.one(instruction.destination, place)
  const owner = instruction.owner === null ? '' : expand.one(instruction.owner, place)
  const mode = instruction.mode === null ? '' : expand.one(instruction.mode, place)
  return {
    destination: inWorkingDirectory(config, given),
    // Empty once its variables are replaced: the working directory.
    isDirectory: /(?:^|\/)\.{0,2}$/.test(given),
    owner: owner === '' ? null : owner,
    mode: mode === '' ? null : modeOf(mode, instruction),
  }
}

function modeOf(text: string, { place }: CopyInstruction): ModeChange {
  const mode = parseMode(text)
  if (mode !== undefined) return mode
  fail(place, `--chmod needs a mode such as 755 or u=rwX,go=rX; this is ${quoted(text)}.`)
}
