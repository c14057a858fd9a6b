import { describe, expect, test } from 'vitest'
import { type Files, fakeTree } from '../fake-platform.ts'
import { readRevision } from './read-revision.ts'

const read = (files: Files) => readRevision(fakeTree(files))
const startsOf = async (files: Files) =>
  ((await read(files)).appJson.healthchecks.web ?? []).map(({ probe }) =>
    'path' in probe ? probe.path : probe.kind,
  )

describe('the checks of a revision', () => {
  test('come from the old CHECKS file where there is no app.json', async () => {
    expect(await startsOf({ CHECKS: 'WAIT=1\n/old ok' })).toEqual(['/old'])
  })

  test('come from CHECKS where app.json has none for web', async () => {
    const appJson = '{"healthchecks": {"worker": [{"uptime": 5}], "web": []}}'
    const { healthchecks } = (await read({ CHECKS: '/old', 'app.json': appJson })).appJson
    expect(Object.entries(healthchecks).map(([type, checks]) => [type, checks.length])).toEqual([
      ['worker', 1],
      ['web', 1],
    ])
  })

  test('come from app.json where both say something', async () => {
    const appJson = '{"healthchecks": {"web": [{"path": "/new"}]}}'
    expect(await startsOf({ CHECKS: '/old', 'app.json': appJson })).toEqual(['/new'])
  })

  test('are none where CHECKS has nothing but settings', async () => {
    expect(await startsOf({ CHECKS: 'WAIT=1' })).toEqual([])
  })

  test('end the push where CHECKS cannot be read, whatever app.json says', async () => {
    const appJson = '{"healthchecks": {"web": [{"path": "/new"}]}}'
    await expect(read({ CHECKS: '>>>>>>>', 'app.json': appJson })).rejects.toMatchObject({
      code: 'RELEASE.CHECKS_INVALID',
    })
  })
})
