import { expect, test } from 'vitest'
import { keyAction, type PressedKey } from './terminal-key.ts'

const press = (code: string, held: Partial<PressedKey> = {}): PressedKey => ({
  ...{ code, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false },
  ...held,
})
const ctrl = { ctrlKey: true }

test('Ctrl+C interrupts, unless there is something to copy', () => {
  expect(keyAction(press('KeyC', ctrl), false)).toBe('send')
  expect(keyAction(press('KeyC', ctrl), true)).toBe('copy')
  expect(keyAction(press('KeyC', { ...ctrl, shiftKey: true }), true)).toBe('copy')
})

test('Ctrl+V pastes', () => {
  expect(keyAction(press('KeyV', ctrl), false)).toBe('paste')
})

test('one chord leaves; Tab, Escape and everything else is the program’s', () => {
  expect(keyAction(press('Period', { ...ctrl, shiftKey: true }), false)).toBe('leave')
  for (const key of ['Tab', 'Escape', 'KeyD', 'Period'])
    expect(keyAction(press(key, ctrl), false), key).toBe('send')
  expect(keyAction(press('Tab'), false)).toBe('send')
  expect(keyAction(press('KeyV', { ...ctrl, altKey: true }), false)).toBe('send')
})
