/**
 * What a remote ADD is pointed at: files over HTTP, and a repository that git clones over it (`git http-backend`). Every
 * date in it is fixed, so commits have the same id on every machine. A program of its own, `node site.ts DIRECTORY`,
 * since it lives in a network namespace of its own (start-site.ts); it says so when it listens.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { command, localRunner } from '@berth/command'
import { madeFile } from './made-files.ts'

const directory = process.argv[2] as string
const archive = await madeFile('small.tar.gz')
const longAgo = 'Sun, 09 Sep 2001 01:46:40 GMT'

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://files.test')
  if (url.pathname.includes('.git/')) return answerGit(url, request, response)
  const given = answers()[url.pathname]
  if (given === undefined) return void response.writeHead(404).end('not here\n')
  response
    .writeHead(given.status ?? 200, given.headers)
    .end(request.method === 'HEAD' ? undefined : given.body)
}

type Answer = { status?: number; headers: Record<string, string>; body: string | Buffer }

const answers = (): Readonly<Record<string, Answer>> => ({
  '/hello.txt': { headers: { 'last-modified': longAgo }, body: 'hello from afar\n' },
  '/dir/no-date.txt': { headers: {}, body: 'no date\n' },
  '/run.sh': { headers: { 'last-modified': longAgo }, body: '#!/bin/sh\necho hi\n' },
  '/small.tar.gz': { headers: { 'last-modified': longAgo }, body: archive },
  '/moved': { status: 302, headers: { location: '/hello.txt' }, body: '' },
  '/named': {
    headers: { 'content-disposition': 'attachment; filename="given.txt"', 'last-modified': longAgo },
    body: 'named by its header\n',
  },
  '/': { headers: { 'last-modified': longAgo }, body: 'an index\n' },
})

// ------------------------------------------------------------------------------------------------ git

async function makeRepository(): Promise<void> {
  const work = `${directory}/work`
  await mkdir(`${work}/sub/deeper`, { recursive: true })
  const git = (...words: string[]) =>
    localRunner.run({ ...command('git', '-C', work, ...words), env: gitEnvironment })
  await git('init', '-q', '-b', 'main')
  await writeFile(`${work}/README`, 'first\n')
  await writeFile(`${work}/run.sh`, '#!/bin/sh\n', { mode: 0o755 })
  await writeFile(`${work}/sub/inner`, 'inner\n')
  await writeFile(`${work}/sub/deeper/file`, 'deeper\n')
  await localRunner.run(command('ln', '-s', 'README', `${work}/link`))
  await git('add', '-A')
  await git('commit', '-q', '-m', 'first')
  await git('tag', 'v1')
  await git('tag', '-a', '-m', 'annotated', 'v1-annotated')
  await git('checkout', '-q', '-b', 'feature')
  await writeFile(`${work}/README`, 'feature\n')
  await git('commit', '-q', '-a', '-m', 'feature')
  await git('checkout', '-q', 'main')
  await writeFile(`${work}/README`, 'second\n')
  await git('commit', '-q', '-a', '-m', 'second')
  await localRunner.run(command('git', 'clone', '-q', '--bare', work, `${directory}/git/repo.git`))
}

const date = '2001-09-09T01:46:40Z'
const gitEnvironment = {
  GIT_AUTHOR_NAME: 'Berth',
  GIT_AUTHOR_EMAIL: 'conformance@example.com',
  GIT_AUTHOR_DATE: date,
  GIT_COMMITTER_NAME: 'Berth',
  GIT_COMMITTER_EMAIL: 'conformance@example.com',
  GIT_COMMITTER_DATE: date,
  GIT_CONFIG_GLOBAL: '/dev/null',
}

/** The Common Gateway Interface, as far as `git http-backend` needs it. Source: RFC 3875. */
async function answerGit(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const backend = localRunner.start({
    ...command('git', 'http-backend'),
    env: {
      GIT_PROJECT_ROOT: `${directory}/git`,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_COUNT: '3',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_CONFIG_KEY_1: 'uploadpack.allowReachableSHA1InWant',
      GIT_CONFIG_VALUE_1: 'true',
      GIT_CONFIG_KEY_2: 'uploadpack.allowFilter',
      GIT_CONFIG_VALUE_2: 'true',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  })
  backend.stderr?.resume()
  if (backend.stdin) request.pipe(backend.stdin).on('error', () => {})
  const pieces: Buffer[] = []
  for await (const piece of backend.stdout ?? []) pieces.push(piece as Buffer)
  const output = Buffer.concat(pieces)
  const end = output.indexOf('\r\n\r\n')
  const lines = output.toString('latin1', 0, end).split('\r\n')
  const headers = lines.map((line) => line.split(/: */, 2) as [string, string])
  const status = Number(headers.find(([name]) => name === 'Status')?.[1]?.slice(0, 3) ?? 200)
  response.writeHead(status, Object.fromEntries(headers.filter(([name]) => name !== 'Status')))
  response.end(output.subarray(end + 4))
}

// ------------------------------------------------------------------------------------------------ begin

await makeRepository()
const server = createServer((request, response) => {
  answer(request, response).catch((error: Error) => response.destroy(error))
})
server.listen(80, () => console.log('listening'))
