/**
 * Coded errors. Every failure that Berth expects has an entry in the table of its stage: what happened, what to do
 * next, whose fault it is, whether trying again helps. Anything else that is thrown is a bug, and is reported as one.
 * Nobody reads an error's text to decide: callers compare `code`.
 */

/** Whose fault it is: what was asked for (`user`), or the machine and the platform (`system`). */
export type Fault = 'user' | 'system'

/** One row of an error table. `Details` is what the thrower has to tell. */
export type ErrorEntry<Details> = {
  message: (details: Details) => string
  hint: (details: Details) => string
  fault: Fault
  retryable: boolean
}

/** An error as plain values: what is stored in a record and sent over a wire. */
export type ErrorRecord = {
  code: string
  message: string
  hint: string
  fault: Fault
  retryable: boolean
}

const brand: unique symbol = Symbol.for('berth.error')

/**
 * An expected failure. Made by the functions that `errorTable` returns, or from a record with `fromErrorRecord`.
 * `instanceof` asks for the brand: a bundler may put this module into one process twice (Next does, for pages and for
 * route handlers), and an error of the one must be known to the other.
 */
export class BerthError extends Error {
  readonly [brand] = true
  readonly code: string
  readonly hint: string
  readonly fault: Fault
  readonly retryable: boolean

  constructor(record: ErrorRecord, options?: ErrorOptions) {
    super(record.message, options)
    this.name = 'BerthError'
    this.code = record.code
    this.hint = record.hint
    this.fault = record.fault
    this.retryable = record.retryable
  }

  static override [Symbol.hasInstance](value: unknown): value is BerthError {
    return typeof value === 'object' && value !== null && brand in value
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the table's rows differ in their details; each function keeps its own.
type AnyEntry = ErrorEntry<any>

/** What the thrower has to tell: what the row's message asks for, or else its hint; nothing where neither asks. */
type Told<Entry extends AnyEntry> =
  Parameters<Entry['message']> extends [infer Details]
    ? [details: Details, options?: ErrorOptions]
    : Parameters<Entry['hint']> extends [infer Details]
      ? [details: Details, options?: ErrorOptions]
      : [details?: Record<string, never>, options?: ErrorOptions]

type ErrorMakers<Table extends Record<string, AnyEntry>> = {
  [Code in keyof Table]: (...told: Told<Table[Code]>) => BerthError
}

/**
 * Turns a table of `CODE → entry` into one function per code:
 * `throw buildError['BUILD.OUT_OF_MEMORY']({ limitBytes })`. Codes read `STAGE.WHAT_HAPPENED`.
 */
export function errorTable<Table extends Record<string, AnyEntry>>(table: Table): ErrorMakers<Table> {
  const makers = Object.entries(table).map(([code, entry]) => [
    code,
    (details: unknown, options?: ErrorOptions) =>
      new BerthError(
        {
          code,
          message: entry.message(details),
          hint: entry.hint(details),
          fault: entry.fault,
          retryable: entry.retryable,
        },
        options,
      ),
  ])
  return Object.fromEntries(makers) as ErrorMakers<Table>
}

/** A bug, seen from outside: what is stored and shown when something unexpected was thrown. */
export const unexpectedRecord: ErrorRecord = {
  code: 'BERTH.UNEXPECTED',
  message: 'Berth met an error that it does not know.',
  hint: 'The log of the worker has the details. Please report it.',
  fault: 'system',
  retryable: true,
}

/** The plain values of an error; an unexpected one keeps its text out of the record, because it may hold anything. */
export function toErrorRecord(error: unknown): ErrorRecord {
  if (!(error instanceof BerthError)) return unexpectedRecord
  const { code, message, hint, fault, retryable } = error
  return { code, message, hint, fault, retryable }
}

export function fromErrorRecord(record: ErrorRecord): BerthError {
  return new BerthError(record)
}

/** True for an expected failure, with one of the given codes if any are given. */
export function isBerthError(error: unknown, ...codes: string[]): error is BerthError {
  return error instanceof BerthError && (codes.length === 0 || codes.includes(error.code))
}
