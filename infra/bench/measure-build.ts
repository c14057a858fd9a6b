import { mkdtemp, rm } from 'node:fs/promises'
import { localRunner } from '@berth/command'
import type { StageEvent } from '@berth/domain'
import { commitTree } from '@berth/source'
import type { DockerDaemon } from '../yardstick/docker-daemon.ts'
import type { BenchRun } from './bench-run.ts'
import { type BerthSide, openBerthSide } from './berth-side.ts'
import { openDockerSide } from './docker-side.ts'
import { median } from './median.ts'
import { makeSampleProject, oneFile, packageJson, type SampleProject, sourceText } from './sample-project.ts'
import { type Turn, takeTurns, timedMs } from './take-turns.ts'

const imageName = 'bench-app'
const goals = { cold: 0.8, unchanged: 0.2, 'one changed': 0.4, 'dependencies changed': null } as const
type Case = keyof typeof goals

/**
 * The same files and the same Dockerfile on both sides. Berth's time begins with listing the tree of a commit that lies
 * in a bare repository, and ends when the image has its name; Docker's is `docker build` of a directory.
 */
export async function measureBuild(run: BenchRun): Promise<void> {
  const berth = await openBerthSide(run)
  const docker = await openDockerSide(run)
  const against = `${docker.title} BuildKit`
  for (const fileCount of run.quick ? [200] : [2_000, 20_000]) {
    const place = await mkdtemp('/tmp/berth-bench-project-')
    run.defer(() => rm(place, { recursive: true, force: true }))
    const project = await makeSampleProject(place, fileCount)
    const turns = turnsOf({ berth, docker, project, run })
    await takeTurns(turns, { ...run, rounds: 1, say: (words) => run.say(`warming up, ${words}`) })
    const times = await takeTurns(turns, run)
    for (const { title, berthMs, otherMs } of times) {
      const figure = `${fileCount} files, ${title}`
      const goal = goals[title as Case]
      run.tell({
        figure,
        berth: median(berthMs),
        other: median(otherMs),
        against,
        unit: 'ms',
        better: 'lower',
        goal,
      })
    }
  }
  await tellClientStart(run, docker)
}

function turnsOf(given: {
  berth: BerthSide
  docker: DockerDaemon
  project: SampleProject
  run: BenchRun
}): (Turn & { title: Case })[] {
  const { berth, docker, project, run } = given
  let commit = ''
  const salt = (round: number) => `${round} ${Date.now()}`
  const sides = {
    berth: () => buildWithBerth(berth, { repository: project.repository, commit }, run),
    other: () => buildWithDocker(docker, project.directory),
  }
  return [
    {
      title: 'cold',
      async prepare(round) {
        commit = await project.changeAll(salt(round))
        await docker.docker(['builder', 'prune', '--all', '--force'])
        await docker.docker(['image', 'prune', '--force'])
        await berth.engine.images.prune([])
      },
      ...sides,
    },
    { title: 'unchanged', ...sides },
    {
      title: 'one changed',
      async prepare(round) {
        commit = await project.change({ [oneFile]: sourceText(salt(round)) })
      },
      ...sides,
    },
    {
      title: 'dependencies changed',
      async prepare(round) {
        commit = await project.change({ 'package.json': packageJson(salt(round)) })
      },
      ...sides,
    },
  ]
}

async function buildWithBerth(
  { engine }: BerthSide,
  source: { repository: string; commit: string },
  { signal, quick, say }: BenchRun,
): Promise<void> {
  const events: StageEvent[] = []
  await engine.build(
    {
      tree: commitTree({ ...source, quarantine: null }),
      dockerfilePath: 'Dockerfile',
      target: null,
      arguments: {},
      labels: {},
      names: [imageName],
      cacheScope: 'bench',
      limits: buildLimits,
      authorities: null,
      noCache: false,
    },
    (event) => events.push(event),
    signal,
  )
  if (quick)
    for (const event of events)
      if (event.kind === 'step-finished') say(`step ${event.step}: ${event.outcome}, ${event.durationMs} ms`)
}

/** The worker's, but for the time. */
const buildLimits = {
  memoryBytes: 2 * 1024 ** 3,
  cpuWeight: 50,
  pids: 4_096,
  timeoutMs: 300_000,
  diskBytes: 10 * 1024 ** 3,
}

async function buildWithDocker(docker: DockerDaemon, directory: string): Promise<void> {
  const build = docker.command('build', '--quiet', '--tag', imageName, '--', directory)
  const env = { ...build.env, DOCKER_BUILDKIT: '1' }
  await localRunner.run({ ...build, env }, { timeoutMs: buildLimits.timeoutMs })
}

/** Part of every time of `docker build`, and of none of Berth's: the worker calls the engine without a program's start. */
async function tellClientStart({ say }: BenchRun, docker: DockerDaemon): Promise<void> {
  const times: number[] = []
  for (let number = 0; number < 10; number += 1) times.push(await timedMs(() => docker.docker(['version'])))
  say(`docker version, which only starts the client and asks the daemon once: ${median(times).toFixed(0)} ms`)
}
