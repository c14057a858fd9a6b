import { errorTable } from './error.ts'

/**
 * Names that users choose. They become directory names, host names, labels and words of a command, so they are parsed
 * at the edge into branded strings that begin with a letter and hold nothing but lower-case letters, digits and dashes.
 */

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** An app's name: also its DNS label, its repository's path and part of its containers' names. */
export type AppName = Branded<'AppName'>
/** A process type: `web`, `worker`. A DNS label of at most 40 characters. */
export type ProcessType = Branded<'ProcessType'>

export const appNameLimit = 40
const label = /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/
const reservedAppNames = new Set(['berth', 'www', 'api', 'git', 'registry', 'admin', 'localhost'])

export const nameError = errorTable({
  'NAME.INVALID': {
    message: (details: { what: string; given: string }) =>
      `${printable(details.given)} is not a valid ${details.what}.`,
    hint: (details: { what: string; given: string }) =>
      `A ${details.what} begins with a letter, holds lower-case letters, digits and dashes, and has at most ${appNameLimit} characters.`,
    fault: 'user',
    retryable: false,
  },
  'NAME.RESERVED': {
    message: (details: { given: string }) => `The name "${details.given}" is kept for Berth.`,
    hint: () => 'Choose another name for the app.',
    fault: 'user',
    retryable: false,
  },
})

/** @throws NAME.INVALID, NAME.RESERVED */
export function parseAppName(given: string): AppName {
  if (!isLabel(given)) throw nameError['NAME.INVALID']({ what: 'app name', given })
  if (reservedAppNames.has(given)) throw nameError['NAME.RESERVED']({ given })
  return given as AppName
}

/** @throws NAME.INVALID */
export function parseProcessType(given: string): ProcessType {
  if (!isLabel(given)) throw nameError['NAME.INVALID']({ what: 'process type', given })
  return given as ProcessType
}

/** The one process type that gets traffic. */
export const web = 'web' as ProcessType

/** `web.1`: how people name an instance. */
export function instanceName(type: ProcessType, index: number): string {
  return `${type}.${index}`
}

/** A user's text made fit for a message: quoted, control characters escaped, cut to 60 characters. */
export function printable(given: string): string {
  const cut = given.length > 60 ? `${given.slice(0, 57)}…` : given
  return JSON.stringify(cut).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?')
}

function isLabel(given: string): boolean {
  return given.length <= appNameLimit && label.test(given)
}
