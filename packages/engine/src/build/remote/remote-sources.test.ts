import { createHash } from 'node:crypto'
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { localRunner } from '@berth/command'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type BuildHome, type Carried, makeBuildHome, refusal } from '../../testing/build-home.ts'
import type { CopyAction, RemoteSource } from '../plan.ts'
import { openDownloads } from './downloads.ts'
import { isPublic } from './public-address.ts'

let at: BuildHome
let server: Server
let base: string
let work: string
let asked: string[]
/** Whether the repository's server begins to answer and then says nothing more. */
let silent = false
let answer: (request: IncomingMessage, response: ServerResponse) => void

beforeAll(async () => {
  at = await makeBuildHome()
  work = await mkdtemp(join(tmpdir(), 'berth-remote-'))
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (!request.url?.startsWith('/git/')) answer(request, response)
    else if (!silent || request.method === 'GET') gitBackend(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
beforeEach(() => {
  asked = []
  silent = false
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await at.remove()
  await rm(work, { recursive: true })
})

const url = (path: string, over: Partial<RemoteSource & { kind: 'url' }> = {}): RemoteSource => ({
  ...{
    kind: 'url',
    url: `${base}${path}`,
    name: path.slice(path.lastIndexOf('/') + 1),
    checksum: null,
    unpack: false,
  },
  ...over,
})
const add = (remote: RemoteSource, over: Partial<CopyAction> = {}): CopyAction => ({
  ...{
    kind: 'copy',
    destination: '/to',
    isDirectory: true,
    owner: null,
    mode: null,
    sources: [],
    inline: [],
  },
  ...{ unpack: false, remote: [remote], exclude: [], keepParents: false },
  ...over,
})
const any = { remoteAddresses: 'any' as const }
const fetched = (remote: RemoteSource, over: Partial<CopyAction> = {}) => at.carry([add(remote, over)], any)
const rootOf = ({ layers }: Carried) => at.fileSystems.layerPath(layers.at(-1) ?? '')
const digest = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`

describe('ADD of an address', () => {
  test('puts the file there, its owner’s alone, and as old as the server says', async () => {
    answer = (_request, response) =>
      response.setHeader('last-modified', 'Wed, 21 Oct 2015 07:28:00 GMT').end('content')
    const root = rootOf(await fetched(url('/a/file.txt')))
    expect(await readFile(`${root}/to/file.txt`, 'utf8')).toBe('content')
    const { mode, mtime, uid } = await lstat(`${root}/to/file.txt`)
    expect([mode & 0o7777, mtime.toISOString(), uid]).toEqual([0o600, '2015-10-21T07:28:00.000Z', 0])
    answer = (_request, response) => response.end('undated')
    const undated = rootOf(await fetched(url('/undated'), { destination: '/named', isDirectory: false }))
    expect((await lstat(`${undated}/named`)).mtimeMs).toBe(0)
  })

  test('asks again each time, and does the step again only when the answer is another', async () => {
    let content = 'one'
    answer = (request, response) => {
      const etag = `"${content}"`
      response.setHeader('etag', etag).writeHead(request.headers['if-none-match'] === etag ? 304 : 200)
      response.end(request.headers['if-none-match'] === etag ? undefined : content)
    }
    const first = await fetched(url('/again'))
    const second = await fetched(url('/again'))
    expect(second.steps).toEqual(['[0] copy: cached'])
    expect(second.layers).toEqual(first.layers)
    expect(asked).toHaveLength(2)
    content = 'two'
    const third = await fetched(url('/again'))
    expect(await readFile(`${rootOf(third)}/to/again`, 'utf8')).toBe('two')
  })

  test('with a checksum is verified before anything is written, and not asked for again', async () => {
    answer = (_request, response) => response.end('pinned')
    const checksum = digest('pinned')
    await fetched(url('/pinned', { checksum }))
    expect((await fetched(url('/pinned', { checksum }))).steps).toEqual(['[0] copy: cached'])
    expect(asked).toHaveLength(1)
    const error = await refusal(fetched(url('/pinned', { checksum: digest('another') })))
    expect(error.code).toBe('BUILD.CHECKSUM_MISMATCH')
    expect(await at.leftovers()).toEqual([])
  })

  test('goes on when another process opens the same home meanwhile', async () => {
    answer = (_request, response) => {
      response.write('begun, ')
      openDownloads(at.home).then(() => response.end('ended'))
    }
    const root = rootOf(await fetched(url('/meanwhile')))
    expect(await readFile(`${root}/to/meanwhile`, 'utf8')).toBe('begun, ended')
  })

  test('is fetched anew once it was pruned, and nothing tells of it until then', async () => {
    answer = (_request, response) => response.setHeader('etag', '"1"').end('pruned')
    await fetched(url('/pruned'))
    await at.parts.downloads.prune(0)
    expect(await readdir(`${at.home}/downloads`, { recursive: true })).toEqual(['bytes'])
    expect(await readFile(`${rootOf(await fetched(url('/pruned')))}/to/pruned`, 'utf8')).toBe('pruned')
  })

  test('unpacks an archive only when told to', async () => {
    await writeFile(`${work}/inside`, 'unpacked')
    await localRunner.run({ argv: ['tar', '-cf', `${work}/x.tar`, '-C', work, 'inside'] })
    const tar = await readFile(`${work}/x.tar`)
    answer = (_request, response) => response.end(tar)
    expect(await readdir(`${rootOf(await fetched(url('/x.tar')))}/to`)).toEqual(['x.tar'])
    expect(await readdir(`${rootOf(await fetched(url('/x.tar', { unpack: true })))}/to`)).toEqual(['inside'])
  })

  test('follows redirects, but not for ever and not elsewhere', async () => {
    answer = (request, response) => {
      const to: Record<string, string> = { '/hop': '/end', '/loop': '/loop', '/file': 'file:///etc/passwd' }
      const location = to[request.url ?? '']
      if (location) response.writeHead(302, { location }).end()
      else response.end('the end')
    }
    expect(await readFile(`${rootOf(await fetched(url('/hop')))}/to/hop`, 'utf8')).toBe('the end')
    for (const path of ['/loop', '/file']) {
      expect((await refusal(fetched(url(path)))).code).toBe('BUILD.REMOTE_FAILED')
    }
  })

  test('tells what went wrong, without the password of the address', async () => {
    answer = (_request, response) => response.writeHead(404).end()
    const secretive = `${base.replace('//', '//me:hunter2@')}/x`
    const error = await refusal(fetched(url('/x', { url: secretive })))
    expect(error).toMatchObject({ code: 'BUILD.REMOTE_FAILED', retryable: true })
    expect(error.message).toMatch(/status 404/)
    expect(`${error.message}${error.hint}`).not.toContain('hunter2')
  })

  test('ends with what the build may write', async () => {
    answer = (_request, response) => {
      const more = () => response.write(Buffer.alloc(65_536)) && setImmediate(more)
      response.on('drain', more)
      more()
    }
    const limits = { memoryBytes: 2 ** 26, cpuWeight: 50, pids: 100, timeoutMs: 60_000, diskBytes: 2 ** 20 }
    const error = await refusal(at.carry([add(url('/endless'))], { ...any, limits }))
    expect(error.code).toBe('BUILD.OVER_DISK_LIMIT')
  })

  test('is broken off with its build', async () => {
    const stop = new AbortController()
    answer = (_request, response) => {
      response.write('begun')
      setTimeout(() => stop.abort(new Error('the pusher left')), 50)
    }
    await expect(at.carry([add(url('/slow'))], any, stop.signal)).rejects.toThrow('the pusher left')
    expect(await readdir(`${at.home}/scratch`, { recursive: true })).not.toContainEqual(
      expect.stringMatching(/download$/),
    )
  })

  test('never reaches this machine or a private network, by name, number or redirect', async () => {
    answer = (_request, response) => response.end('the database')
    const { port } = new URL(base)
    for (const host of [
      '127.0.0.1',
      'localhost',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '2130706433',
      '0x7f.1',
      '0.0.0.0',
    ]) {
      const error = await refusal(at.carry([add(url('/x', { url: `http://${host}:${port}/x` }))]))
      expect([host, error.code]).toEqual([host, 'BUILD.REMOTE_REFUSED'])
    }
    expect(asked).toEqual([])
  })
})

test.each([
  ...['10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.1', '224.0.0.1'],
  ...[
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
    'fe80::1%eth0',
    'x',
  ],
])('%s is no public address', (address) => expect(isPublic(address)).toBe(false))

test.each(['1.1.1.1', '9.255.255.255', '172.32.0.1', '2606:4700::1111'])('%s is one', (address) =>
  expect(isPublic(address)).toBe(true),
)

describe('ADD of a repository', () => {
  let commit: string
  const git = (over: Partial<RemoteSource & { kind: 'git' }> = {}): RemoteSource => ({
    ...{
      kind: 'git',
      repository: `${base}/git/main.git`,
      ref: null,
      subdirectory: '',
      keepGitDirectory: false,
    },
    ...{ submodules: true, checksum: null },
    ...over,
  })
  const run = async (cwd: string, ...words: string[]) =>
    (
      await localRunner.run({
        argv: [
          'git',
          '-c',
          'user.name=t',
          '-c',
          'user.email=t@t',
          '-c',
          'protocol.file.allow=always',
          ...words,
        ],
        cwd,
      })
    ).stdout.trim()

  beforeAll(async () => {
    for (const name of ['main', 'part']) {
      await mkdir(`${work}/${name}/sub`, { recursive: true })
      await run(work, 'init', '-q', '-b', 'trunk', name)
      await writeFile(`${work}/${name}/sub/file`, `file of ${name}`)
      await writeFile(`${work}/${name}/.gitattributes`, 'sub export-ignore\n* filter=evil\n')
      await writeFile(`${work}/${name}/tool`, '#!/bin/sh\n', { mode: 0o755 })
      await run(`${work}/${name}`, 'add', '.')
      await run(`${work}/${name}`, 'commit', '-qm', 'one')
    }
    await run(`${work}/main`, 'tag', '-am', 'tagged', 'v1')
    await run(`${work}/main`, 'submodule', '--quiet', 'add', '--', `${work}/part`, 'module')
    await run(`${work}/main`, 'config', '-f', '.gitmodules', 'submodule.module.url', '../part.git')
    await run(`${work}/main`, 'add', '.')
    await run(`${work}/main`, 'commit', '-qm', 'two')
    commit = await run(`${work}/main`, 'rev-parse', 'HEAD')
    for (const name of ['main', 'part']) await run(work, 'clone', '-q', '--bare', name, `${name}.git`)
  })

  test('takes its files as they were committed, submodules too, and no directory of git', async () => {
    const root = rootOf(await fetched(git()))
    expect((await readdir(`${root}/to`)).toSorted()).toEqual([
      '.gitattributes',
      '.gitmodules',
      'module',
      'sub',
      'tool',
    ])
    expect(await readFile(`${root}/to/sub/file`, 'utf8')).toBe('file of main')
    expect(await readFile(`${root}/to/module/sub/file`, 'utf8')).toBe('file of part')
    expect((await lstat(`${root}/to/tool`)).mode & 0o777).toBe(0o755)
    expect((await fetched(git())).steps).toEqual(['[0] copy: cached'])
    expect(await at.leftovers()).toEqual([])
  })

  test('of a tag, of a directory, without what is excluded, of a commit', async () => {
    const tagged = rootOf(await fetched(git({ ref: 'v1', submodules: false })))
    expect(await readdir(`${tagged}/to`)).not.toContain('module')
    const part = rootOf(await fetched(git({ ref: 'trunk', subdirectory: 'sub' })))
    expect(await readdir(`${part}/to`)).toEqual(['file'])
    const less = rootOf(await fetched(git(), { exclude: ['sub'] }))
    expect(await readdir(`${less}/to`)).not.toContain('sub')
    const pinned = await fetched(git({ checksum: commit }))
    expect(await readdir(`${rootOf(pinned)}/to`)).toContain('sub')
    expect((await refusal(fetched(git({ ref: 'v1', checksum: commit })))).code).toBe('BUILD.REMOTE_FAILED')
    expect((await refusal(fetched(git({ ref: 'gone' })))).message).toMatch(/it has no gone/)
  })

  test('keeps the directory of git when told to: whoever reads it finds nothing changed', async () => {
    const root = rootOf(await fetched(git({ keepGitDirectory: true, submodules: false, ref: 'v1' })))
    const { stdout } = await localRunner.run({
      argv: ['git', '-c', 'safe.directory=*', 'status', '--porcelain', '--branch'],
      cwd: `${root}/to`,
    })
    expect(stdout).toBe('## HEAD (no branch)\n')
    expect(await readFile(`${root}/to/.git/config`, 'utf8')).toContain(`${base}/git/main.git`)
  })

  test.each(['--upload-pack=touch /tmp/x', 'ext::sh -c touch', 'file:///etc', 'ftp://localhost/x.git'])(
    'is never %j',
    async (repository) => {
      expect((await refusal(fetched(git({ repository })))).code).toBe('BUILD.REMOTE_FAILED')
      expect(asked).toEqual([])
    },
  )

  test('is broken off with its build, and leaves no git behind', async () => {
    silent = true
    const stop = new AbortController()
    const fetching = at.carry([add(git())], any, stop.signal)
    await expect.poll(() => asked.length, { timeout: 20_000 }).toBeGreaterThan(1)
    stop.abort(new Error('the pusher left'))
    await expect(fetching).rejects.toThrow('the pusher left')
    silent = false
    const running = async () => {
      const { stdout } = await localRunner.run({ argv: ['ps', '-eo', 'args'] })
      return stdout.split('\n').some((line) => line.includes(`${base}/git/`))
    }
    await expect.poll(running, { timeout: 10_000 }).toBe(false)
    expect(await at.leftovers()).toEqual([])
  })

  test('on this machine is refused', async () => {
    expect((await refusal(at.carry([add(git())]))).code).toBe('BUILD.REMOTE_REFUSED')
  })

  test('from the Dockerfile to the image: a file and a directory of a repository', async () => {
    answer = (_request, response) => response.end('fetched')
    const lines = [
      'FROM busybox',
      `ADD --checksum=${digest('fetched')} --chmod=644 ${base}/dir/file?x=1 /file/`,
      `ADD ${base}/git/part.git#trunk:sub /repository/`,
      'RUN cat /file/file /repository/file',
    ]
    const { lines: printed, image } = await at.build({ Dockerfile: lines.join('\n') }, any)
    expect(printed).toEqual(['fetchedfile of part'])
    expect(await at.stat(image, '/file/file')).toBe('644 0:0')
    const refused = await refusal(at.build({ Dockerfile: `FROM scratch\nADD ${base}/other /x\n` }))
    expect(refused.message).toMatch(/^Dockerfile:2: .*address of this machine or of a private network/)
  })
})

/** git's own server program. Source: git-http-backend(1). */
function gitBackend(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '', base)
  const { headers, method = '' } = request
  const child = localRunner.start({
    argv: ['git', 'http-backend'],
    env: {
      ...{ GIT_PROJECT_ROOT: work, GIT_HTTP_EXPORT_ALL: '1', REMOTE_ADDR: '127.0.0.1', HOME: work },
      ...{ PATH_INFO: pathname.slice('/git'.length), QUERY_STRING: search.slice(1), REQUEST_METHOD: method },
      ...{ CONTENT_TYPE: headers['content-type'] ?? '', GIT_PROTOCOL: String(headers['git-protocol'] ?? '') },
      ...{ HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '' },
      ...{ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' },
    },
  })
  request.pipe(child.stdin as Writable)
  const pieces: Buffer[] = []
  child.stdout?.on('data', (piece: Buffer) => pieces.push(piece))
  child.exited.then(() => {
    const all = Buffer.concat(pieces)
    const end = all.indexOf('\r\n\r\n')
    let status = 200
    for (const line of all.toString('latin1', 0, end).split('\r\n')) {
      const [name = '', value = ''] = line.split(/: (.*)/)
      if (name === 'Status') status = Number.parseInt(value, 10)
      else if (name !== '') response.setHeader(name, value)
    }
    response.writeHead(status).end(all.subarray(end + 4))
  })
}
