import { testLimits } from '@berth/engine/testing/build-home.ts'
import { expect } from 'vitest'
import { type Attack, attacksBy, describeAttacks } from './attack.ts'
import type { AttackSite } from './attack-site.ts'

/** Steps and stages of a Dockerfile that put links where later instructions, carried out by the engine, go. */
const text = (...all: string[]) => ({ Dockerfile: all.join('\n'), file: 'planted\n' })
const look = `find / -xdev -name planted -o -xdev -name file -path "*canary*" | wc -l`

const { refused, contained: prints } = attacksBy(
  async (site, dockerfile: (site: AttackSite) => string[]) =>
    (await site.build(text(...dockerfile(site)))).lines,
)

/** COPY --chown=NAME of a file to /x: an owner whom the image lacks is root, whom else the machine may know by that name. */
const belongsToRoot = (name: string, before: string, owner: string): Attack =>
  prints(name, ['0:0'], () => [
    'FROM small AS trap',
    `RUN ${before}`,
    `COPY --chown=${owner} file /x`,
    'FROM small',
    'COPY --from=trap /x /x',
    `RUN stat -c %u:%g /x # ${name}`,
  ])

const sources: Attack[] = [
  refused(
    'COPY --from of a file behind a link to a directory of the machine',
    'BUILD.SOURCE_NOT_FOUND',
    ({ canary }) => [
      'FROM small AS trap',
      `RUN ln -s ${canary.directory} /way`,
      'FROM small',
      'COPY --from=trap /way/secret /taken',
      'RUN cat /taken',
    ],
  ),
  refused('COPY --from of a directory behind a link that climbs', 'BUILD.SOURCE_NOT_FOUND', ({ canary }) => [
    'FROM small AS trap',
    `RUN ln -s ../../../../../../../../..${canary.directory} /way`,
    'FROM small',
    'COPY --from=trap /way/kept/ /taken/',
    'RUN cat /taken/deep/file',
  ]),
  prints('COPY --from of a tree full of links', ['nothing there'], ({ canary }) => [
    'FROM small AS trap',
    `RUN mkdir /t; ln -s ${canary.directory} /t/a; ln -s ../../../../..${canary.secretPath} /t/b; ln -s /proc/self/root /t/c`,
    'FROM small',
    'COPY --from=trap /t /t',
    `RUN cat /t/a/secret /t/b /t/c${canary.secretPath} 2>/dev/null || echo nothing there`,
  ]),
  refused('COPY --from through /proc of the engine', 'BUILD.SOURCE_NOT_FOUND', ({ canary }) => [
    'FROM small AS trap',
    'RUN ln -s /proc/self/root /way; ln -s /proc/1/cwd /other',
    'FROM small',
    `COPY --from=trap /way${canary.secretPath} /taken`,
  ]),
  refused('COPY --from --parents of a path behind a link', 'BUILD.SOURCE_NOT_FOUND', ({ canary }) => [
    'FROM small AS trap',
    `RUN mkdir /p; ln -s ${canary.directory} /p/way`,
    'FROM small',
    'COPY --from=trap --parents /p/way/secret /taken/',
    'RUN cat /taken/p/way/secret',
  ]),
  prints('a pipe that nobody writes to, copied from a stage', ['fifo'], () => [
    'FROM small AS trap',
    'RUN mkfifo /pipe; mkdir /d; mkfifo /d/pipe',
    'FROM small',
    'COPY --from=trap /d /taken',
    'RUN stat -c %F /taken/pipe',
  ]),
  prints('a whiteout made by a step', ['refused', 'root:x:0:0:root:/root:/bin/sh'], () => [
    'FROM small',
    'RUN mknod /gone c 0 0 2>/dev/null || echo refused',
    'RUN head -1 /etc/passwd',
  ]),
]

const destinations: Attack[] = [
  prints(
    'COPY into a link to a directory of the machine',
    ['1'],
    ({ canary }) => [
      'FROM small',
      `RUN mkdir -p ${canary.directory}; ln -s ${canary.directory} /way`,
      'COPY file /way/planted',
      `RUN ${look}`,
    ],
    'CVE-2024-23652',
  ),
  prints('COPY onto a link to a file of the machine', ['planted'], ({ canary }) => [
    'FROM small',
    `RUN ln -s ${canary.secretPath} /way`,
    'COPY file /way',
    `RUN cat /way`,
  ]),
  prints('COPY below a link that climbs', ['planted'], ({ canary }) => [
    'FROM small',
    `RUN ln -s ../../../../../../../..${canary.directory} /way`,
    'COPY file /way/kept/deep/file',
    'RUN cat /way/kept/deep/file',
  ]),
  prints('ADD of an archive into a link to the machine', ['1'], ({ canary }) => [
    'FROM small',
    `RUN ln -s ${canary.directory} /way`,
    'ADD file /way/planted',
    `RUN ${look}`,
  ]),
  prints('a heredoc into a link to the machine', ['planted'], ({ canary }) => [
    'FROM small',
    `RUN ln -s ${canary.directory} /way`,
    'COPY <<X /way/secret',
    'planted',
    'X',
    'RUN cat /way/secret',
  ]),
  prints('COPY --link over a link to the machine', ['1'], ({ canary }) => [
    'FROM small',
    `RUN ln -s ${canary.directory} /way`,
    'COPY --link file /way/planted',
    `RUN ${look}`,
  ]),
  prints('COPY --chmod and --chown of what is a link to the machine', ['777 1000'], ({ canary }) => [
    'FROM small',
    `RUN ln -s ${canary.secretPath} /way`,
    'COPY --chmod=777 --chown=1000 file /way',
    'RUN stat -L -c "%a %u" /way',
  ]),
  prints(
    'WORKDIR behind a link to the machine',
    [expect.stringMatching(/canary-\w+\/made$/), '1'],
    ({ canary }) => [
      'FROM small',
      `RUN mkdir -p ${canary.directory}; ln -s ${canary.directory} /way`,
      'WORKDIR /way/made',
      'RUN pwd',
      `RUN find ${canary.directory} -name made | wc -l`,
    ],
  ),
  refused(
    'WORKDIR in a descriptor of the runtime',
    'BUILD.CANNOT_RUN',
    () => ['FROM small', 'WORKDIR /proc/self/fd/8', 'RUN cat ../../../../etc/hostname'],
    'CVE-2024-21626',
  ),
  refused(
    'a link to a descriptor of the runtime as WORKDIR',
    'BUILD.CANNOT_RUN',
    () => [
      'FROM small',
      'RUN ln -s /proc/self/fd/8 /way',
      'WORKDIR /way',
      'RUN cat ../../../../etc/hostname',
    ],
    'CVE-2024-21626',
  ),
]

const owners: Attack[] = [
  belongsToRoot(
    '--chown by the machine’s passwd, behind a link',
    'rm /etc/passwd; ln -s /proc/1/root/etc/passwd /etc/passwd',
    'daemon',
  ),
  belongsToRoot(
    '--chown by the machine’s passwd, behind a directory that climbs',
    'mv /etc /old 2>/dev/null; ln -s ../../../../../../../../etc /etc 2>/dev/null; true',
    'daemon',
  ),
  belongsToRoot('a passwd that is a pipe', 'rm /etc/passwd; mkfifo /etc/passwd', 'app'),
  belongsToRoot('a passwd of hundreds of megabytes', 'truncate -s 400M /etc/passwd', 'nobody-here'),
  refused('USER of an id that no container has', 'BUILD.CANNOT_RUN', () => [
    'FROM small',
    'USER 4294967295',
    'RUN id',
  ]),
  refused('a passwd that gives a user an id beyond the range', 'BUILD.CANNOT_RUN', () => [
    'FROM small',
    'RUN echo "evil:x:4294967296:0::/:/bin/sh" >> /etc/passwd',
    'USER evil',
    'RUN id',
  ]),
]

const steps: Attack[] = [
  prints('a step that leaves a daemon behind', ['left'], () => [
    'FROM small',
    'RUN (setsid sleep 3600 &) ; echo left',
  ]),
  prints('variables of the engine, seen by a step', ['0'], () => [
    'FROM small',
    'RUN cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n" | grep -c BERTH_ || true',
  ]),
  prints('a root that a step leaves by chroot', ['contained'], ({ canary }) => [
    'FROM small',
    `RUN mkdir /j; chroot / sh -c 'cd /; cat ../../../../..${canary.secretPath}' 2>/dev/null || echo contained`,
  ]),
  {
    name: 'a step that fills the disk',
    run: async (site) => {
      const limits = testLimits
      return site.build(text('FROM small', 'RUN head -c 400000000 /dev/zero > /fill; sleep 20'), {
        limits: { ...limits, diskBytes: 20_000_000 },
      })
    },
    expect: { refused: 'BUILD.OVER_DISK_LIMIT' },
  },
  {
    name: 'a step that never ends',
    run: (site) =>
      site.build(text('FROM small', 'RUN trap "" TERM INT; while :; do sleep 1; done'), {
        limits: { ...testLimits, timeoutMs: 1_500 },
      }),
    expect: { refused: 'BUILD.TIMED_OUT' },
  },
  refused('a step that takes all memory', 'BUILD.OUT_OF_MEMORY', () => [
    'FROM small',
    'RUN exec dd if=/dev/zero of=/dev/null bs=300M count=1',
  ]),
  {
    name: 'a step that forks without end',
    run: (site) =>
      site.build(text('FROM small', 'RUN for i in $(seq 60); do sleep 5 & done'), {
        limits: { ...testLimits, pids: 20 },
      }),
    expect: { refused: 'BUILD.STEP_FAILED' },
  },
]

describeAttacks('a Dockerfile and its stages', [...sources, ...destinations, ...owners, ...steps])
