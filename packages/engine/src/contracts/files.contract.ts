import { expect, test } from 'vitest'
import { ByteReader } from '../archive/byte-reader.ts'
import { type TarPart, tarStream } from '../archive/make-tar.ts'
import { readTar } from '../archive/read-tar.ts'
import { type ContractKit, collect } from './contract-kit.ts'

/** What every engine promises about files that are copied into a container and out of it. */
export function filesContract({ containers, engine, run, spec }: ContractKit): void {
  const parts: TarPart[] = [
    { path: 'app/', type: '5', mode: 0o755, uid: 5, gid: 6 },
    { path: 'app/run.sh', content: 'echo hi', mode: 0o750, uid: 5, gid: 6 },
    { path: 'app/link', type: '2', linkTarget: 'run.sh' },
  ]
  const both = [
    ['that runs', () => run('sleep 60')],
    ['that does not run', () => containers().create(spec('sleep 60'))],
  ] as const

  test.each(both)('what is copied into a container %s comes out as it was', async (_which, make) => {
    const { id } = await make()
    await containers().copyIn(id, '/tmp', tarStream(parts))
    const out = await unpacked(containers().copyOut(id, '/tmp/app'))
    expect(out.map(({ path }) => path.replace(/\/$/, '')).sort()).toEqual(['app', 'app/link', 'app/run.sh'])
    expect(out.find(({ path }) => path === 'app/run.sh')).toMatchObject({
      ...{ kind: 'file', mode: 0o750, uid: 5, gid: 6, content: 'echo hi', modifiedSeconds: 1_000_000_000 },
    })
    expect(out.find(({ path }) => path === 'app/link')).toMatchObject({ kind: 'link', linkTarget: 'run.sh' })
    expect(await containers().statPath(id, '/tmp/app/run.sh')).toMatchObject({
      ...{ name: 'run.sh', kind: 'file', sizeBytes: 7, mode: 0o750, uid: 5, gid: 6 },
    })
    expect(await containers().statPath(id, '/tmp/nothing')).toBeNull()
  })

  test('one file comes alone, and the content of a directory without its name', async () => {
    const { id } = await containers().create(spec('sleep 60'))
    await containers().copyIn(id, '/tmp', tarStream(parts), { owner: { uid: 9, gid: 9 } })
    const file = await unpacked(containers().copyOut(id, '/tmp/app/run.sh'))
    expect(file).toMatchObject([{ path: 'run.sh', content: 'echo hi', uid: 9, gid: 9 }])
    const content = await unpacked(containers().copyOut(id, '/tmp/app/.'))
    expect(content.map(({ path }) => path).sort()).toEqual(['./', 'link', 'run.sh'])
  })

  test('what is not there, and what stands in the way, is told', async () => {
    const { id } = await containers().create(spec('sleep 60'))
    const copyIn = (path: string, archive: TarPart[]) => containers().copyIn(id, path, tarStream(archive))
    await copyIn('/tmp', parts)
    await expect(collect(containers().copyOut(id, '/nothing'))).rejects.toMatchObject({
      code: 'CONTAINER.PATH_NOT_FOUND',
    })
    await expect(copyIn('/nothing', parts)).rejects.toMatchObject({ code: 'CONTAINER.PATH_NOT_FOUND' })
    await expect(copyIn('/tmp/app/run.sh', parts)).rejects.toMatchObject({ code: 'CONTAINER.PATH_NOT_FOUND' })
    await expect(copyIn('/tmp', [{ path: 'app', content: 'file' }])).rejects.toMatchObject({
      code: 'CONTAINER.PATH_REFUSED',
    })
    await expect(copyIn('/tmp/app', [{ path: 'run.sh/', type: '5' }])).rejects.toMatchObject({
      code: 'CONTAINER.PATH_REFUSED',
    })
    await expect(copyIn('/tmp', [{ path: '../out', content: '' }])).rejects.toMatchObject({
      code: 'CONTAINER.PATH_REFUSED',
    })
  })

  test('an export is the whole root', async () => {
    const { id } = await run('sleep 60')
    await containers().copyIn(id, '/tmp', tarStream(parts))
    const paths = (await unpacked(containers().export(id))).map(({ path }) => path)
    expect(paths).toContain('tmp/app/run.sh')
    expect(paths).toContain('etc/')
    expect(paths.filter((path) => path.startsWith('proc/') && path !== 'proc/')).toEqual([])
  })

  test('changes are told against the image', async () => {
    const { id } = await run('sleep 60')
    expect(await collect(containers().changes(id))).toEqual([])
    await containers().copyIn(id, '/tmp', tarStream(parts))
    expect(await collect(containers().changes(id))).toEqual([
      { path: '/tmp', kind: 'changed' },
      { path: '/tmp/app', kind: 'added' },
      { path: '/tmp/app/link', kind: 'added' },
      { path: '/tmp/app/run.sh', kind: 'added' },
    ])
  })

  test('what was committed is an image, without what the container alone was given', async () => {
    const { id } = await run('sleep 60', { env: { SECRET: 'hunter2' } })
    await containers().copyIn(id, '/tmp', tarStream(parts))
    const image = await containers().commit(id, { names: ['made:one'], config: { command: ['sleep', '61'] } })
    expect((await containers().get(id)).state).toBe('running')
    expect((await engine().images.get('made:one')).digest).toBe(image.digest)
    expect(image.config.command).toEqual(['sleep', '61'])
    expect(JSON.stringify(image)).not.toContain('hunter2')
    const made = await containers().create(spec('', { image: 'made:one', command: null }))
    expect((await containers().start(made.id)).state).toBe('running')
  })
}

async function unpacked(archive: AsyncIterable<Uint8Array>) {
  const entries: (Record<string, unknown> & { path: string })[] = []
  for await (const { content, attributes: _attributes, ...entry } of readTar(
    new ByteReader(archive, 2 ** 30),
  )) {
    let text = ''
    for await (const piece of content()) text += piece.toString()
    entries.push({ ...entry, content: text })
  }
  return entries
}
