import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { localRunner } from '@berth/command'
import type { SourceTree } from '@berth/domain'
import { treeOf } from '@berth/engine/testing/build-home.ts'
import { commitTree } from '@berth/source'
import { expect } from 'vitest'
import { type Attack, attacksBy, describeAttacks } from './attack.ts'
import type { AttackSite } from './attack-site.ts'

/** Repositories that lead out of themselves. */
const { refused, contained: prints } = attacksBy(
  async (site, files: (site: AttackSite) => Record<string, string>) => (await site.build(files(site))).lines,
)
const { refused: refusedAt } = attacksBy((site, dockerfilePath: (site: AttackSite) => string) =>
  site.build(
    { Dockerfile: 'FROM small', [`way -> ${site.canary.directory}`]: '' },
    { dockerfilePath: dockerfilePath(site) },
  ),
)

const { refused: refusedTree } = attacksBy((site, tree: () => SourceTree) => site.build({}, { tree: tree() }))

const lines = (...all: string[]) => ['FROM small', ...all].join('\n')

const links: Attack[] = [
  refused('a Dockerfile that is a link to a file of the machine', 'BUILD.NO_DOCKERFILE', ({ canary }) => ({
    [`Dockerfile -> ${canary.secretPath}`]: '',
  })),
  refused('a Dockerfile that is a link out of the tree', 'BUILD.NO_DOCKERFILE', ({ canary }) => ({
    [`Dockerfile -> ../../../../../..${canary.secretPath}`]: '',
  })),
  refusedAt(
    'a Dockerfile behind a link to a directory of the machine',
    'BUILD.NO_DOCKERFILE',
    () => 'way/secret',
  ),
  refusedAt(
    'a Dockerfile named by an absolute path',
    'BUILD.DOCKERFILE_OUTSIDE',
    ({ canary }) => canary.secretPath,
  ),
  refusedAt(
    'a Dockerfile named by a path that climbs out',
    'BUILD.DOCKERFILE_OUTSIDE',
    ({ canary }) => `a/../../../../..${canary.secretPath}`,
  ),
  refused('COPY of a file behind a link to the machine', 'BUILD.SOURCE_NOT_FOUND', ({ canary }) => ({
    Dockerfile: lines('COPY way/secret /taken', 'RUN cat /taken'),
    [`way -> ${canary.directory}`]: '',
  })),
  refused('COPY of a path that climbs out', 'BUILD.SOURCE_NOT_FOUND', ({ canary }) => ({
    Dockerfile: lines(`COPY ../../../../../..${canary.secretPath} /taken`, 'RUN cat /taken'),
  })),
  prints('COPY of a pattern behind a link to the machine', ['0'], ({ canary }) => ({
    Dockerfile: lines('COPY way/s* /taken/', 'RUN ls /taken 2>/dev/null | wc -l'),
    [`way -> ${canary.directory}`]: '',
  })),
  refused('COPY through links that lead to one another', 'BUILD.SOURCE_NOT_FOUND', () => ({
    Dockerfile: lines('COPY one/file /taken'),
    'one -> two': '',
    'two -> one': '',
  })),
  prints(
    'COPY of a link to the machine brings the link, and it leads nowhere',
    ['nothing there'],
    ({ canary }) => ({
      Dockerfile: lines('COPY . /all', 'RUN cat /all/way/secret /all/file 2>/dev/null || echo nothing there'),
      [`way -> ${canary.directory}`]: '',
      [`file -> ../../../../../..${canary.secretPath}`]: '',
    }),
  ),
  prints('COPY onto a link that the same tree brought', ['nothing there'], ({ canary }) => ({
    Dockerfile: lines(
      'COPY links /to/',
      'COPY files /to/',
      `RUN ls ${canary.directory}/planted 2>/dev/null || echo nothing there`,
    ),
    [`links/way -> ${canary.secretPath}`]: '',
    'files/way': 'planted',
  })),
  prints('.dockerignore that is a link to a file of the machine leaves nothing out', ['a'], ({ canary }) => ({
    Dockerfile: lines('COPY . /all', 'RUN ls /all | grep a$'),
    a: '',
    [`.dockerignore -> ${canary.secretPath}`]: '',
  })),
]

const names: Attack[] = [
  prints('names of layers’ deletions delete nothing', ['root:x:0:0:root:/root:/bin/sh'], () => ({
    Dockerfile: lines('COPY etc /etc/', 'RUN head -1 /etc/passwd'),
    'etc/.wh.passwd': '',
    'etc/.wh..wh..opq': '',
  })),
  refused('a name with line breaks and terminal sequences in a message', 'BUILD.SOURCE_NOT_FOUND', () => ({
    Dockerfile: lines('COPY ["bad\\u001bc\\u0007\\nFROM\\u009b31m", "/x"]'),
  })),
  prints('names that programs take for options', ['--help', '-rf', 'kept'], () => ({
    Dockerfile: lines('COPY . /all/', 'RUN cd /all && ls | grep -v Dockerfile'),
    ...{ '-rf': '', '--help': '', kept: '' },
  })),
  {
    name: 'a heredoc whose name climbs out',
    run: async (site) => {
      const Dockerfile = lines(
        `COPY <<"../../../../../../../..${site.canary.directory}/planted" /to/`,
        'planted',
        `../../../../../../../..${site.canary.directory}/planted`,
        'RUN find / -xdev -name planted | wc -l',
      )
      return site.codeOf(site.build({ Dockerfile }))
    },
    expect: { contained: expect.stringMatching(/^BUILD\.(SYNTAX|COPY_CONFLICT)$|nothing was refused/) },
  },
]

const sizes: Attack[] = [
  refusedTree('more files than fit', 'BUILD.TOO_LARGE', () => many(500_001)),
  refusedTree('a file that says it has exabytes', 'BUILD.TOO_LARGE', () => claiming('huge', 2 ** 60)),
  refused('a Dockerfile of megabytes', 'BUILD.TOO_LARGE', () => ({
    Dockerfile: `${lines()}\n${'# padding\n'.repeat(200_000)}`,
  })),
  refused('an argument that doubles with each line', 'BUILD.SYNTAX', () => {
    const doubled = Array.from({ length: 60 }, () => `ARG A=\${A}\${A}`)
    return { Dockerfile: lines('ARG A=xxxxxxxxxxxxxxxx', ...doubled, 'RUN true') }
  }),
  {
    name: 'an ignore pattern that has no end of ways to match',
    run: (site) =>
      site.codeOf(
        site.build({
          Dockerfile: lines('COPY . /all'),
          '.dockerignore': `${'*a'.repeat(60)}b\n${'**/a'.repeat(40)}/b\n`,
          [`${'a/'.repeat(40)}${'a'.repeat(120)}`]: '',
        }),
      ),
    expect: { contained: expect.stringMatching(/^(nothing was refused|BUILD.IGNORE_FILE)$/) },
  },
]

type RawEntry = { mode: string; name: string; id: string }

/** A commit whose tree git itself would never write. */
async function buildCommit(
  site: AttackSite,
  entries: (blob: (text: string) => Promise<string>) => Promise<RawEntry[]>,
) {
  const directory = mkdtempSync(`${tmpdir()}/berth-hostile-git-`)
  const git = async (input: Buffer | string, ...words: string[]) => {
    writeFileSync(`${directory}/input`, input)
    const argv = ['git', '-c', 'user.name=t', '-c', 'user.email=t@t', '-C', directory, ...words] as const
    return (await localRunner.run({ argv: [...argv] })).stdout.trim()
  }
  try {
    await git('', 'init', '-q', '--bare', '.')
    const hash = (type: string, content: Buffer | string) =>
      git(content, 'hash-object', '-w', '--literally', '-t', type, '--', `${directory}/input`)
    const rows = await entries((text) => hash('blob', text))
    const tree = await hash(
      'tree',
      Buffer.concat(
        rows.flatMap(({ mode, name, id }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]),
      ),
    )
    const commit = await git('', 'commit-tree', '-m', 'hostile', tree)
    return await site.build({}, { tree: commitTree({ repository: directory, commit, quarantine: null }) })
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const file = '100644'
const { refused: refusedCommit } = attacksBy((site, entry: Omit<RawEntry, 'id'>) =>
  buildCommit(site, async (blob) => [
    { mode: file, name: 'Dockerfile', id: await blob(lines('COPY . /all')) },
    { ...entry, id: entry.mode === '160000' ? 'a'.repeat(40) : await blob('x') },
  ]),
)

const trees: Attack[] = [
  refusedCommit('a git tree with an entry that is called ..', 'SOURCE.BAD_PATH', { mode: file, name: '..' }),
  refusedCommit('a git tree with an entry that is called .git', 'SOURCE.BAD_PATH', {
    mode: file,
    name: '.git',
  }),
  refusedCommit('a git tree with a slash in a name', 'SOURCE.BAD_PATH', {
    mode: file,
    name: '../../planted',
  }),
  refusedCommit('a git tree with a link to another repository', 'SOURCE.SUBMODULE', {
    mode: '160000',
    name: 'module',
  }),
  {
    name: 'a git tree with a link and a directory of one name',
    cve: 'CVE-2021-21300',
    run: async (site) => {
      const built = buildCommit(site, async (blob) => {
        const id = await blob(lines('COPY . /all'))
        const target = await blob(site.canary.directory)
        return [
          { mode: file, name: 'Dockerfile', id },
          { mode: '120000', name: 'a', id: target },
          { mode: file, name: 'a/planted', id },
        ]
      })
      return site.codeOf(built)
    },
    expect: { contained: expect.stringMatching(/^(SOURCE.BAD_PATH|BUILD.COPY_CONFLICT)$/) },
  },
]

/** A source that breaks its word: no entry climbs, none is absolute. */
const given: Attack[] = ['climbs out', 'is absolute'].map((what) => ({
  name: `a tree of another source with a path that ${what}`,
  run: async (site) => {
    const planted = `${site.canary.directory}/planted`
    const path = what === 'is absolute' ? planted : `${'../'.repeat(12)}${planted.slice(1)}`
    const files = {
      Dockerfile: lines('COPY . /all'),
      [path]: 'planted',
    }
    return site.codeOf(site.build({}, { tree: treeOf(files) }))
  },
  expect: { contained: 'nothing was refused' },
}))

function many(count: number): SourceTree {
  const entry = { kind: 'file', executable: false, contentId: 'x', sizeBytes: 0 } as const
  const entries = Array.from({ length: count }, (_, index) => ({ ...entry, path: `f${index}` }))
  return { ...treeOf({}), entries: async () => entries }
}

function claiming(path: string, sizeBytes: number): SourceTree {
  const tree = treeOf({ Dockerfile: lines('COPY . /all'), [path]: '' })
  return {
    ...tree,
    entries: async () =>
      (await tree.entries()).map((entry) => (entry.path === path ? { ...entry, sizeBytes } : entry)),
  }
}

describeAttacks('a repository', [...links, ...names, ...sizes, ...trees, ...given])
