import type { AuditEntry } from '@berth/domain'

/** The audit log for other programs: a line of JSON an entry, or a table for a spreadsheet. */
export type AuditFormat = 'ndjson' | 'csv'

const columns = [
  ...(['at', 'endedAt', 'who', 'by', 'action', 'object', 'outcome', 'error'] as const),
  ...(['door', 'address', 'userAgent', 'before', 'after', 'id', 'personId', 'teamId', 'appId'] as const),
] satisfies (keyof AuditEntry)[]

/** `head`: with the line that names the columns. */
export function exportAudit(
  entries: readonly AuditEntry[],
  { format, head }: { format: AuditFormat; head: boolean },
): string {
  if (format === 'ndjson') return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
  const rows = entries.map((entry) => columns.map((name) => cell(entry[name])).join(','))
  return [...(head ? [columns.join(',')] : []), ...rows].map((line) => `${line}\r\n`).join('')
}

/**
 * Quoted as RFC 4180 says. A spreadsheet takes a text that begins with one of these for a formula, quoted or not; behind
 * an apostrophe it is text. Source: OWASP, CSV Injection.
 */
function cell(value: unknown): string {
  const text = asText(value)
  const inert = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return `"${inert.replaceAll('"', '""')}"`
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'string' ? value : JSON.stringify(value)
}
