import { Secret } from '@berth/command'
import type { BuildRequest } from '@berth/engine'
import { expect } from 'vitest'
import { type Attack, attacksBy, describeAttacks } from './attack.ts'
import type { AttackSite } from './attack-site.ts'

/** RUN --mount: what the engine makes, mounts and removes again where a step, or one before it, has put links. */
type Lines = (site: AttackSite) => string[]

const builds = async (site: AttackSite, dockerfile: Lines, over?: Partial<BuildRequest>) =>
  (await site.build({ Dockerfile: ['FROM small AS base', ...dockerfile(site)].join('\n'), file: 'x' }, over))
    .lines
const { refused, contained: prints } = attacksBy<Lines>(builds)
const none = '2>/dev/null || echo nothing there'

const sources: Attack[] = [
  refused(
    'a source that is a link to the machine',
    'BUILD.SOURCE_NOT_FOUND',
    ({ canary }) => [
      `RUN ln -s ${canary.directory} /way`,
      'FROM small',
      'RUN --mount=type=bind,from=base,source=/way/kept,target=/m cat /m/deep/file',
    ],
    'CVE-2024-1753',
  ),
  prints(
    'a source that is a link to the root',
    ['nothing there'],
    ({ canary }) => [
      'RUN ln -s / /way',
      'FROM small',
      `RUN --mount=type=bind,from=base,source=/way,target=/m cat /m${canary.secretPath} ${none}`,
    ],
    'CVE-2024-1753',
  ),
  refused('a source that climbs out', 'BUILD.SOURCE_NOT_FOUND', ({ canary }) => [
    'FROM small',
    `RUN --mount=type=bind,from=base,source=../../../../../..${canary.directory},target=/m cat /m/secret`,
  ]),
  prints('a writable mount of the context, written to', ['y'], () => [
    'RUN --mount=type=bind,target=/m,rw echo y > /m/file; cat /m/file',
  ]),
]

const targets: Attack[] = [
  prints(
    'a step that moves its mount point away and puts a link there',
    ['moved'],
    ({ canary }) => [
      `RUN --mount=type=tmpfs,target=/stub/kept/deep mv /stub /away && ln -s ${canary.directory} /stub && echo moved`,
    ],
    'CVE-2024-23652',
  ),
  prints(
    'a step that puts a link where a secret’s directory was',
    ['moved'],
    ({ canary }) => [
      `RUN --mount=type=tmpfs,target=/stub/kept/empty mv /stub/kept /away; rmdir /stub; ln -s ${canary.directory} /stub && echo moved`,
    ],
    'CVE-2024-23652',
  ),
  prints('a target behind a link to the machine', ['1'], ({ canary }) => [
    `RUN mkdir -p ${canary.directory}; ln -s ${canary.directory} /way`,
    `RUN --mount=type=tmpfs,target=/way/made grep -c " ${canary.directory}/made " /proc/self/mountinfo`,
  ]),
  refused('a target that climbs out through a link', 'BUILD.CANNOT_RUN', () => [
    'RUN ln -s ../../../../../.. /up',
    'RUN --mount=type=tmpfs,target=/up true',
  ]),
  ...['/proc', '/proc/sys', '/sys/fs/cgroup', '/dev', '/'].map(
    (target) =>
      ({
        name: `memory over ${target}`,
        run: async (site) =>
          site.codeOf(builds(site, () => [`RUN --mount=type=tmpfs,target=${target} true`])),
        expect: { contained: expect.stringMatching(/^BUILD\.(SYNTAX|CANNOT_RUN)$/) },
      }) satisfies Attack,
  ),
]

const caches: Attack[] = [
  {
    name: 'a cache that an earlier build filled with links',
    cve: 'CVE-2024-23651',
    run: async (site) => {
      const { canary } = site
      await builds(site, () => [
        `RUN --mount=type=cache,id=poison,target=/c ln -s ${canary.directory} /c/way; ln -s ${canary.secretPath} /c/file`,
      ])
      return builds(site, () => [
        `RUN --mount=type=cache,id=poison,target=/c cat /c/way/secret /c/file /c/way/kept/deep/file ${none}`,
      ])
    },
    expect: { contained: ['nothing there'] },
  },
  prints('a cache whose id climbs out', ['1'], () => [
    'RUN --mount=type=cache,id=../../../../etc,target=/c echo 1 > /c/planted; cat /c/planted',
  ]),
  {
    name: 'a cache that begins with what a link in a stage leads to',
    run: (site) =>
      site.codeOf(
        builds(site, () => [
          `RUN ln -s ${site.canary.directory} /way`,
          'FROM small',
          'RUN --mount=type=cache,from=base,source=/way/kept,target=/c ls /c/deep/file',
        ]),
      ),
    expect: { contained: expect.stringMatching(/^BUILD\.(SOURCE_NOT_FOUND|STEP_FAILED)$/) },
  },
  {
    name: 'another scope’s cache',
    run: async (site) => {
      await builds(site, () => ['RUN --mount=type=cache,id=mine,target=/c echo theirs > /c/x'], {
        cacheScope: 'one',
      })
      return builds(site, () => [`RUN --mount=type=cache,id=mine,target=/c cat /c/x ${none}`], {
        cacheScope: 'two',
      })
    },
    expect: { contained: ['nothing there'] },
  },
]

const secrets: Attack[] = [
  {
    name: 'a secret put behind a link to the machine',
    run: (site) =>
      builds(
        site,
        ({ canary }) => [
          `RUN ln -s ${canary.directory} /way`,
          'RUN --mount=type=secret,id=s,target=/way/planted wc -c < /way/planted',
          `RUN ls ${canary.directory} ${none}`,
        ],
        { secrets: { s: new Secret('twelve bytes') } },
      ),
    expect: { contained: ['12', 'nothing there'] },
  },
  {
    name: 'a secret, looked for by a later step and in the image',
    run: (site) =>
      builds(
        site,
        () => [
          'RUN --mount=type=secret,id=s,target=/run/secrets/s cat /run/secrets/s > /dev/null',
          'RUN --mount=type=secret,id=s,env=TOKEN true',
          `RUN cat /run/secrets/s ${none}; env | grep -c TOKEN || true`,
        ],
        { secrets: { s: new Secret('never-to-be-seen') } },
      ),
    expect: { contained: ['nothing there', '0'] },
  },
  {
    name: 'a secret of the machine’s, by a path as id',
    run: (site) =>
      builds(site, ({ canary }) => [
        `RUN --mount=type=secret,id=../../..${canary.secretPath},required=true,target=/s cat /s`,
      ]),
    expect: { refused: 'BUILD.SECRET_MISSING' },
  },
]

describeAttacks('mounts of a RUN', [...sources, ...targets, ...caches, ...secrets])
