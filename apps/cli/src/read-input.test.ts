import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { fromWords, readContent } from './read-input.ts'

test('an assignment is a name and a value, which may hold everything', () => {
  expect(fromWords(['A=1', 'B=x=y', 'C='])).toEqual({ A: '1', B: 'x=y', C: '' })
})

test.each(['NOVALUE', '=secret-value'])(
  'what is no assignment is refused, without what may be a secret: %s',
  (word) => {
    expect(() => fromWords([word])).toThrow(
      expect.objectContaining({ code: 'CLI.BAD_INPUT', message: expect.not.stringContaining('secret') }),
    )
  },
)

test('a file is read as it is, up to a megabyte', async () => {
  const directory = await mkdtemp('/tmp/berth-input-')
  onTestFinished(() => rm(directory, { recursive: true }))
  await writeFile(`${directory}/key`, Buffer.from([0, 255, 10]))
  expect(await readContent(`${directory}/key`)).toEqual(Buffer.from([0, 255, 10]))
  await writeFile(`${directory}/large`, Buffer.alloc(1024 * 1024 + 1))
  await expect(readContent(`${directory}/large`)).rejects.toMatchObject({ code: 'CLI.BAD_INPUT' })
  await expect(readContent(`${directory}/none`)).rejects.toMatchObject({
    message: expect.stringContaining('ENOENT'),
  })
})
