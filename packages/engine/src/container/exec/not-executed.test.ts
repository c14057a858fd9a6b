import { expect, test } from 'vitest'
import { notExecuted } from './not-executed.ts'

test.each([
  ['exec: "nosuch": executable file not found in $PATH', 'CONTAINER.PROGRAM_NOT_FOUND'],
  ['exec: "/nosuch": stat /nosuch: no such file or directory', 'CONTAINER.PROGRAM_NOT_FOUND'],
  ['executable file `nosuch` not found in $PATH: No such file or directory', 'CONTAINER.PROGRAM_NOT_FOUND'],
  ['exec: "/etc/passwd": permission denied', 'CONTAINER.PROGRAM_NOT_EXECUTABLE'],
  ['exec: "/etc": is a directory', 'CONTAINER.PROGRAM_NOT_EXECUTABLE'],
  ['chdir to cwd ("/no/such") set in config.json failed: no such file or directory', 'CONTAINER.EXEC_FAILED'],
  ['the runtime ended without a word', 'CONTAINER.EXEC_FAILED'],
])('%s', (words, code) => {
  expect(notExecuted('x', words)).toMatchObject({ code })
})
