import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { command, localRunner } from '@berth/command'
import { isBerthError } from '@berth/domain'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { commitTree } from './commit-tree.ts'
import { type FetchRequest, fetchCommit } from './fetch-commit.ts'
import { readFile } from './read-file.ts'

/** Stock git serves a repository here, as hosts do; its door wants an account where the test says so. */
let root: string
let server: Server
let asked: string[]
let account: string | null
let first: string
beforeAll(async () => {
  root = await mkdtemp('/tmp/berth-fetch-test-')
  await git('init', '-q', '-b', 'main', '--', `${root}/shop.git`)
  first = await commit('one')
  await git('-C', `${root}/shop.git`, 'tag', 'v1')
  await commit('two')
  await git('-C', `${root}/shop.git`, 'config', 'uploadpack.allowAnySHA1InWant', 'true')
  server = createServer((request, response) => serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  await rm(root, { recursive: true, force: true })
})

let directory: string
beforeEach(async () => {
  directory = `${await mkdtemp(`${root}/fetched-`)}/it`
  asked = []
  account = null
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const port = () => (server.address() as AddressInfo).port

async function git(...words: string[]): Promise<string> {
  return (await localRunner.run({ ...command('git', ...words), env: identity })).stdout.trim()
}

const identity = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.test',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.test',
}

async function commit(text: string): Promise<string> {
  await writeFile(`${root}/shop.git/text`, text)
  await git('-C', `${root}/shop.git`, 'add', '-A')
  await git('-C', `${root}/shop.git`, 'commit', '-qm', `Version ${text}`)
  return git('-C', `${root}/shop.git`, 'rev-parse', 'HEAD')
}

/** git http-backend, as CGI. Source: git-http-backend(1). */
async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '', 'http://here')
  asked.push(request.headers.authorization ?? 'nobody')
  if (url.pathname.startsWith('/moved')) {
    response.writeHead(302, { location: '/shop.git/info/refs?service=git-upload-pack' }).end()
    return
  }
  if (account !== null && request.headers.authorization !== account) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
    return
  }
  const backend = localRunner.start({
    ...command('git', 'http-backend'),
    env: {
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname.replace('.git/', '.git/.git/'),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? '',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
    },
  })
  request.pipe(backend.stdin as Writable)
  const pieces: Buffer[] = []
  for await (const piece of backend.stdout as Readable) pieces.push(piece)
  const answer = Buffer.concat(pieces)
  const end = answer.indexOf('\r\n\r\n')
  const headers = answer.toString('latin1', 0, end).split('\r\n')
  for (const line of headers) {
    const [, name = '', value = ''] = /^([^:]+): (.*)$/.exec(line) ?? []
    if (name === 'Status') response.statusCode = Number.parseInt(value, 10)
    else response.setHeader(name, value)
  }
  response.end(answer.subarray(end + 4))
}

function fetch(given: Partial<FetchRequest> = {}) {
  return fetchCommit({
    directory,
    url: `http://git.example.test:${port()}/shop.git`,
    ref: null,
    resolve: `git.example.test:${port()}:127.0.0.1`,
    account: null,
    authorities: null,
    signal: new AbortController().signal,
    ...given,
  })
}

describe('a repository elsewhere', () => {
  test('gives the commit of its default branch, which can be read as a tree', async () => {
    const { repository, ...info } = await fetch()
    expect(info).toMatchObject({ message: 'Version two', author: 'Ada' })
    const tree = commitTree({ repository: repository.path, commit: info.commit, quarantine: null })
    expect(await readFile(tree, 'text')).toBe('two')
  })

  test.each([
    ['a branch', () => 'main', 'Version two'],
    ['a tag', () => 'v1', 'Version one'],
    ['a commit', () => first, 'Version one'],
  ])('is fetched at %s', async (_what, ref, message) => {
    expect(await fetch({ ref: ref() })).toMatchObject({ message })
  })

  test('is fetched again over what an interruption has left', async () => {
    await fetch({ ref: 'v1' })
    expect(await fetch()).toMatchObject({ message: 'Version two' })
  })

  test('is shown an account in no word of a command, and only where one is given', async () => {
    account = `Basic ${Buffer.from('ann:s3cret').toString('base64')}`
    const words: string[] = []
    const runner = {
      ...localRunner,
      run: ((given, options) => {
        words.push(given.argv.join(' '))
        return localRunner.run(given, options)
      }) as typeof localRunner.run,
    }
    await expect(fetch()).rejects.toMatchObject({ code: 'SOURCE.NOT_FETCHED' })
    expect(await fetch({ account: { username: 'ann', password: 's3cret' }, runner })).toMatchObject({
      message: 'Version two',
    })
    expect(asked).toContain(account)
    expect(words.join()).not.toContain('s3cret')
    expect(words.join()).not.toContain(account)
  })
})

describe('it is not fetched', () => {
  const problem = async (given: Partial<FetchRequest>) => {
    const error = await fetch(given).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (!isBerthError(error, 'SOURCE.NOT_FETCHED')) throw error
    return error.message
  }

  test('where the ref is not there', async () => {
    expect(await problem({ ref: 'nosuch' })).toMatch(/nosuch/)
  })

  test('from anywhere but the address that was checked', async () => {
    const url = `http://other.example.test:${port()}/shop.git`
    expect(await problem({ url })).toMatch(/other\.example\.test/)
  })

  test('behind a redirect', async () => {
    await problem({ url: `http://git.example.test:${port()}/moved.git` })
    expect(asked).toHaveLength(1)
  })

  test.each(['file:///etc', '/etc', 'ext::sh -c "touch /tmp/owned"', '--upload-pack=touch /tmp/owned'])(
    'from %s',
    async (url) => {
      await expect(fetch({ url })).rejects.toThrow()
      expect(asked).toEqual([])
    },
  )

  test('where it is larger than it may be', async () => {
    expect(await problem({ maxBytes: 100 })).not.toBe('')
    const found = await readdir(directory, { recursive: true })
    expect(found.filter((name) => name.endsWith('.pack'))).toEqual([])
  })

  test('any more where the build was cancelled', async () => {
    const cancelling = new AbortController()
    cancelling.abort(new Error('cancelled'))
    await expect(fetch({ signal: cancelling.signal })).rejects.toThrow('cancelled')
  })
})
