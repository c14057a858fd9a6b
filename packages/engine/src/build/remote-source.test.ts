import { describe, expect, test } from 'vitest'
import { actionOf, planOf, refusalOf } from '../testing/plan-of.ts'

const commit = 'a'.repeat(40)
const digest = `sha256:${'b'.repeat(64)}`

function added(line: string) {
  const action = actionOf(planOf(`FROM base\nENV V=2 R=main\n${line}`, { files: { 'local.txt': '1' } }))
  if (action?.kind !== 'copy') throw new Error('this is no ADD')
  return action
}

describe('ADD of a file', () => {
  test.each([
    [
      'https://x.test/a/b.tar.gz',
      { url: 'https://x.test/a/b.tar.gz', name: 'b.tar.gz', checksum: null, unpack: false },
    ],
    ['http://x.test/v$V/a?b=c#d', { url: 'http://x.test/v2/a?b=c#d', name: 'a' }],
    ['HTTPS://x.test/a%20b', { name: 'a b' }],
    ['https://x.test/', { name: '__unnamed__' }],
    ['https://x.test/a/%2e%2e', { name: '__unnamed__' }],
    [`--checksum=${digest} https://x.test/a`, { checksum: digest }],
    ['--unpack https://x.test/a.tar', { unpack: true }],
    ['--unpack=false https://x.test/a.tar', { unpack: false }],
    ['https://x.test/repository', { kind: 'url', name: 'repository' }],
  ])('%s', (line, expected) => {
    expect(added(`ADD ${line} /x/`).remote).toMatchObject([{ kind: 'url', ...expected }])
  })
})

describe('ADD of a repository', () => {
  const plain = { ref: null, subdirectory: '', keepGitDirectory: false, submodules: true, checksum: null }

  test.each([
    ['https://x.test/a/b.git', { repository: 'https://x.test/a/b.git', ...plain }],
    ['http://u@x.test:8080/b.git#v1', { repository: 'http://u@x.test:8080/b.git', ref: 'v1' }],
    ['https://x.test/b.git#main:docs/../src', { ref: 'main', subdirectory: 'src' }],
    ['https://x.test/b.git#:/../src/', { ref: null, subdirectory: 'src' }],
    ['https://x.test/b.git#feature%2Fx', { ref: 'feature/x' }],
    ['git://x.test/b#$R', { repository: 'git://x.test/b', ref: 'main' }],
    ['ssh://git@x.test:22/b', { repository: 'ssh://git@x.test:22/b', ...plain }],
    ['git@x.test:a/b.git', { repository: 'git@x.test:a/b.git', ...plain }],
    ['git@x.test:a/b#v1:sub', { repository: 'git@x.test:a/b', ref: 'v1', subdirectory: 'sub' }],
    [
      `git@x.test:a/b?ref=v1&subdir=s&commit=${commit}&submodules=false`,
      { repository: 'git@x.test:a/b', ref: 'v1', subdirectory: 's', checksum: commit, submodules: false },
    ],
    ['https://x.test/b.git?tag=v1', { ref: 'refs/tags/v1' }],
    ['https://x.test/b.git?branch=main', { ref: 'refs/heads/main' }],
    ['https://x.test/b.git?branch=refs/heads/main', { ref: 'refs/heads/main' }],
    ['https://x.test/b.git?keep-git-dir', { keepGitDirectory: true }],
    ['https://x.test/b.git?keep-git-dir=0', { keepGitDirectory: false }],
    [
      `--keep-git-dir --checksum=${commit} https://x.test/b.git`,
      { keepGitDirectory: true, checksum: commit },
    ],
    [`--checksum=${commit} https://x.test/b.git?checksum=${commit}`, { checksum: commit }],
    ['https://x.test/b.git?mtime=commit&ref=a#a', { ref: 'a' }],
  ])('%s', (line, expected) => {
    expect(added(`ADD ${line} /x`).remote).toMatchObject([{ kind: 'git', ...expected }])
  })
})

describe('ADD', () => {
  test('takes files, addresses and heredocs together', () => {
    const action = added(
      'ADD --exclude=*.md --chown=1 --link local.txt https://x.test/a git@x.test:b <<EOF /x/\none\nEOF',
    )
    expect(action).toMatchObject({
      owner: '1',
      exclude: ['*.md'],
      unpack: true,
      sources: [{ name: 'local.txt' }],
      remote: [{ kind: 'url' }, { kind: 'git' }],
      inline: [{ name: 'EOF', content: 'one\n' }],
    })
  })

  test('takes what only looks like an address as a path', () => {
    expect(refusalOf(() => added('ADD github.com/a/b /x')).code).toBe('BUILD.SOURCE_NOT_FOUND')
    expect(refusalOf(() => added('ADD ./git@x.test:b /x')).code).toBe('BUILD.SOURCE_NOT_FOUND')
  })

  test.each([
    ['ADD ftp://x.test/a /x', /cannot fetch from "ftp:\/\/"/],
    ['COPY https://x.test/a /x', /COPY takes files that are there/],
    ['COPY git@x.test:a/b /x', /COPY takes files that are there/],
    ['ADD https://[bad/a /x', /is no address/],
    ['ADD ["https://x.test/a b", "/x"]', /is no address/],
    ['ADD ssh://-oProxyCommand=id/a /x', /is no address/],
    ['ADD https://x.test/b.git#--upload-pack=id /x', /is no ref/],
    ['ADD --checksum=md5:1 https://x.test/a /x', /--checksum is sha256/],
    ['ADD --checksum=nothex https://x.test/b.git /x', /a commit in hexadecimal/],
    [`ADD --checksum=${digest} local.txt /x`, /for what is fetched/],
    [`ADD --checksum=${digest} https://x.test/a https://x.test/b /x/`, /exactly one source/],
    [`ADD --checksum=${commit} https://x.test/b.git?checksum=${'c'.repeat(40)} /x`, /different things/],
    ['ADD --keep-git-dir=false https://x.test/b.git?keep-git-dir=true /x', /different things/],
    ['ADD https://x.test/b.git?depth=1 /x', /has no "depth"/],
    ['ADD https://x.test/b.git?ref= /x', /has no value/],
    ['ADD https://x.test/b.git?ref=a&ref=b /x', /gives a value twice/],
    ['ADD https://x.test/b.git?ref=a#b /x', /two different things of its ref/],
    ['ADD https://x.test/b.git?submodules=some /x', /true or false/],
  ])('%s is refused', (line, message) => {
    const error = refusalOf(() => added(line))
    expect(error).toMatchObject({ code: 'BUILD.SYNTAX', message: expect.stringMatching(message) })
  })
})
