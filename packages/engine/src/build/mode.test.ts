import { expect, test } from 'vitest'
import { changeMode, parseMode } from './mode.ts'

const changed = (text: string, from: number, isDirectory = false) => {
  const mode = parseMode(text)
  return mode === undefined ? undefined : changeMode(mode, from, isDirectory).toString(8)
}

/** Expectations are chmod(1)'s. */
test.each([
  ['755', 0o644, '755'],
  ['0400', 0o777, '400'],
  ['4755', 0o644, '4755'],
  ['u+x', 0o644, '744'],
  ['+x', 0o644, '755'],
  ['a-w', 0o666, '444'],
  ['u=rwX,go=rX', 0o600, '644'],
  ['u=rwX,go=rX', 0o700, '755'],
  ['go=', 0o777, '700'],
  ['u+s', 0o755, '4755'],
  ['g+s', 0o755, '2755'],
  ['+t', 0o777, '1777'],
  ['u=rw,g=r,o=', 0o777, '640'],
  ['u+r-x', 0o355, '655'],
  ['g=u', 0o740, '770'],
  ['go=u-w', 0o751, '755'],
  ['o=g,g=', 0o750, '705'],
  ['u+g', 0o450, '550'],
  ['000755', 0o644, '755'],
])('%s makes %o into %s', (text, from, expected) => {
  expect(changed(text, from)).toBe(expected)
})

test('X makes every directory executable', () => {
  expect(changed('u=rwX,go=rX', 0o600, true)).toBe('755')
})

test.each(['', '9', '77777', 'u', 'rwx', 'u+q', 'u+x,', '$mode', '-1'])('%j is no mode', (text) => {
  expect(parseMode(text)).toBeUndefined()
})
