/** What a key does in a terminal besides being sent to the program. */
export type KeyAction = 'send' | 'leave' | 'copy' | 'paste'

export type PressedKey = Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'>

/** As KeyHint writes it. Neither browsers nor programs in a terminal have a use for it. */
export const leaveKeys = 'ctrl+shift+.'

/**
 * Ctrl+C copies where something is chosen, and interrupts where nothing is, as in other terminals of browsers. On a Mac the
 * browser copies and pastes with ⌘ by itself.
 */
export function keyAction(key: PressedKey, hasSelection: boolean): KeyAction {
  if (!key.ctrlKey || key.altKey || key.metaKey) return 'send'
  if (key.shiftKey && key.code === 'Period') return 'leave'
  if (key.code === 'KeyC' && hasSelection) return 'copy'
  if (key.code === 'KeyV') return 'paste'
  return 'send'
}
