/**
 * What a check found. `unknown`: nothing about the instance was found out (it is ending, the platform itself is short of
 * something), so it speaks neither for nor against it.
 */
export type Answer = { kind: 'passed' } | FailedAnswer | { kind: 'unknown'; told: string }

export type FailedAnswer = {
  kind: 'failed'
  /** What was answered, in words that end a sentence; secrets masked. */
  told: string
  /** What to do about it, where that is known. */
  hint: string | null
}

export const passed: Answer = { kind: 'passed' }

export function failed(told: string, hint: string | null = null): FailedAnswer {
  return { kind: 'failed', told, hint }
}

export function unknown(told: string): Answer {
  return { kind: 'unknown', told }
}

const shownCharacters = 200

/** The beginning of what an app answered or printed, fit for a message: masked, one line, without control characters. */
export function excerpt(bytes: Uint8Array, mask: (text: string) => string): string {
  const text = mask(new TextDecoder().decode(bytes))
    .replace(/[\s\p{Cc}\p{Cf}\ufffd\u2028\u2029]+/gu, ' ')
    .trim()
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters - 1)}…` : text
}
