import type { ConfigurationView } from '@berth/api'

/** What a person means to change, and has not saved: held in the memory of the page alone. */
export type Draft = {
  set: Readonly<Record<string, string>>
  unset: readonly string[]
  setFiles: Readonly<Record<string, DraftFile>>
  unsetFiles: readonly string[]
}

/** `content` in base64. */
export type DraftFile = { content: string; bytes: number }

/** `kept`: as it is saved. */
export type DraftState = 'kept' | 'new' | 'changed' | 'removed'

export const noDraft: Draft = { set: {}, unset: [], setFiles: {}, unsetFiles: [] }

export function changesIn({ set, unset, setFiles, unsetFiles }: Draft): number {
  return Object.keys(set).length + unset.length + Object.keys(setFiles).length + unsetFiles.length
}

export function namesIn({ set, unset, setFiles, unsetFiles }: Draft): string[] {
  return [...Object.keys(set), ...unset, ...Object.keys(setFiles), ...unsetFiles].sort()
}

export function setVariables(draft: Draft, variables: Readonly<Record<string, string>>): Draft {
  const unset = draft.unset.filter((name) => !Object.hasOwn(variables, name))
  return { ...draft, set: { ...draft.set, ...variables }, unset }
}

/** One that is only in the draft is taken out of it; one that is saved will go. */
export function unsetVariable(draft: Draft, name: string, isSaved: boolean): Draft {
  const { [name]: _, ...set } = draft.set
  const unset = draft.unset.filter((other) => other !== name)
  return { ...draft, set, unset: isSaved ? [...unset, name] : unset }
}

/** As it is saved. */
export function forgetVariable(draft: Draft, name: string): Draft {
  return unsetVariable(draft, name, false)
}

export function setFile(draft: Draft, name: string, file: DraftFile): Draft {
  const unsetFiles = draft.unsetFiles.filter((other) => other !== name)
  return { ...draft, setFiles: { ...draft.setFiles, [name]: file }, unsetFiles }
}

export function unsetFile(draft: Draft, name: string, isSaved: boolean): Draft {
  const { [name]: _, ...setFiles } = draft.setFiles
  const unsetFiles = draft.unsetFiles.filter((other) => other !== name)
  return { ...draft, setFiles, unsetFiles: isSaved ? [...unsetFiles, name] : unsetFiles }
}

export function forgetFile(draft: Draft, name: string): Draft {
  return unsetFile(draft, name, false)
}

export type DraftRow = { name: string; state: DraftState }

/** Every variable that is saved or about to be, by name. */
export function variableRows({ variables }: Pick<ConfigurationView, 'variables'>, draft: Draft): DraftRow[] {
  return rowsOf(variables, Object.keys(draft.set), draft.unset)
}

export function fileRows(
  { secretFiles }: Pick<ConfigurationView, 'secretFiles'>,
  draft: Draft,
): (DraftRow & { bytes: number })[] {
  const sizes = new Map(secretFiles.map(({ name, bytes }) => [name, bytes]))
  const rows = rowsOf([...sizes.keys()], Object.keys(draft.setFiles), draft.unsetFiles)
  return rows.map((row) => ({ ...row, bytes: draft.setFiles[row.name]?.bytes ?? sizes.get(row.name) ?? 0 }))
}

function rowsOf(saved: readonly string[], set: readonly string[], unset: readonly string[]): DraftRow[] {
  const names = [...new Set([...saved, ...set])].sort()
  return names.map((name) => ({ name, state: stateOf(name, { saved, set, unset }) }))
}

type Names = Record<'saved' | 'set' | 'unset', readonly string[]>

function stateOf(name: string, { saved, set, unset }: Names): DraftState {
  if (set.includes(name)) return saved.includes(name) ? 'changed' : 'new'
  return unset.includes(name) ? 'removed' : 'kept'
}
