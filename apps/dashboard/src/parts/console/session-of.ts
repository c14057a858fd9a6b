import type { AttachBegin, TerminalSize } from '@berth/observe'

/** Where a terminal leads: into an instance (`web.1`), or (`run`) an instance of its own. */
export type Place = string

/** A one-off instance: begun with the terminal, gone with it. */
export const ownPlace = 'run'

export function isPlace(text: string): boolean {
  return text === ownPlace || /^[a-z][a-z0-9-]{0,39}\.[1-9]\d{0,4}$/.test(text)
}

/** `command` as it was typed; empty: the console of the Procfile, or a shell. */
export function sessionOf(place: Place, command: string, terminal: TerminalSize): AttachBegin {
  const line = command.trim()
  const common = { terminal, input: true, command: line === '' ? [] : wordsOf(line) }
  if (place !== ownPlace) return { ...common, what: 'exec', instance: place, entrypoint: false }
  if (line === '') return { ...common, what: 'console', instance: null, entrypoint: true }
  return { ...common, what: 'run', instance: null, entrypoint: true }
}

/** A line with blanks is read as a Procfile's where it arrives: quotes, variables, `&&`. */
function wordsOf(line: string): string[] {
  return [line]
}

/** The same from a command line. */
export function asCommand(app: string, place: Place | null, command: string): string {
  const words = command.trim()
  const behind = words === '' ? '' : ` -- ${words}`
  if (place === null || place === ownPlace)
    return words === '' ? `berth console --app ${app}` : `berth run --app ${app}${behind}`
  return `berth exec ${place} --app ${app}${behind}`
}
