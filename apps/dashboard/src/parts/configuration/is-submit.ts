import type { KeyboardEvent } from 'react'

/** In a text of several lines Enter makes a line; with Ctrl or ⌘ it is meant as in a field. */
export function isSubmit({
  key,
  ctrlKey,
  metaKey,
}: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>): boolean {
  return key === 'Enter' && (ctrlKey || metaKey)
}
