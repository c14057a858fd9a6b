import { mkdtemp, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { localRunner } from '@berth/command'
import { appUrl } from '@berth/domain'
import { person } from '../../test/platform/person.ts'
import { sshRemote } from '../../test/platform/repository.ts'
import { startPlatform } from '../../test/platform/start-platform.ts'
import { baseArchive, baseName } from './base-image.ts'
import type { BenchRun } from './bench-run.ts'
import { openDockerFloor } from './docker-floor.ts'
import { openDockerSide } from './docker-side.ts'
import { median } from './median.ts'
import { makeSampleProject, type SampleProject } from './sample-project.ts'
import { type Question, untilAnswers } from './until-answers.ts'

const goal = 0.5
const warmUps = 2
/** What goes on after a push that nobody waits for: old instances drain and end. */
const calmMs = 3_000
const appName = 'bench'

/** Its base image's busybox serves the files; the port is the one that Berth expects where nothing is said. */
const dockerfile = `FROM ${baseName}
COPY package.json /app/
RUN cd /app && mkdir node_modules && sha256sum package.json > node_modules/installed
COPY . /app/
RUN cd /app && find src -type f | wc -l > count
CMD ["busybox", "httpd", "-f", "-p", "5000", "-h", "/app/www"]
`

type Way = { title: string; remote: string; question: Question; env: Readonly<Record<string, string>> }
type Times = { answeredMs: number; endedMs: number }

/** One changed file of 2,000, pushed with stock git; the clock runs until the front door gives the new file out. */
export async function measurePush(run: BenchRun): Promise<void> {
  const place = await mkdtemp('/tmp/berth-bench-push-')
  run.defer(() => rm(place, { recursive: true, force: true }))
  const fileCount = run.quick ? 200 : 2_000
  const project = await makeSampleProject(place, fileCount)
  await project.changeAll('first')
  await project.change({ Dockerfile: dockerfile })
  const ways = await openWays(place, run)
  const times = new Map(ways.map((way): [Way, Times[]] => [way, []]))
  for (let round = -warmUps; round < run.rounds; round += 1) {
    const turned = round % 2 === 0 ? ways : ways.toReversed()
    for (const way of turned) {
      run.signal.throwIfAborted()
      const one = await pushOnce({ project, way, version: `${way.title} ${round}\n` }, run)
      if (round >= 0) times.get(way)?.push(one)
      await sleep(calmMs, undefined, { signal: run.signal })
    }
  }
  tellTimes(run, times, fileCount)
}

async function openWays(place: string, run: BenchRun): Promise<[Way, ...Way[]]> {
  const platform = await startPlatform()
  run.defer(platform.remove)
  await platform.berth(['image', 'import', await baseArchive(), baseName])
  const pusher = await person(platform, 'bench')
  const docker = await openDockerSide(run)
  const publicKeyPath = `${pusher.keyPath}.pub`
  const floor = await openDockerFloor({ place, docker, publicKeyPath }, run)
  const url = new URL(appUrl(platform.settings, appName))
  const hook = `hook + ${docker.title} + nginx -s reload`
  const env = pusher.gitEnv
  const { question } = floor
  return [
    {
      title: 'Berth',
      remote: sshRemote(platform, appName),
      question: { host: '127.0.0.1', port: Number(url.port), hostHeader: url.host, path: '/version.txt' },
      env,
    },
    { title: `${hook}, over SSH`, remote: floor.sshRemote, question, env },
    { title: `${hook}, without SSH`, remote: floor.localRemote, question, env },
  ]
}

async function pushOnce(
  { project, way, version }: { project: SampleProject; way: Way; version: string },
  { signal, say }: BenchRun,
): Promise<Times> {
  await project.change({ 'www/version.txt': version })
  const git = project.git('push', way.remote, 'HEAD:refs/heads/main')
  const startedAt = performance.now()
  const sinceMs = () => performance.now() - startedAt
  const pushing = localRunner.start({ ...git, env: { ...git.env, ...way.env } }, { signal, detached: true })
  const lines: string[] = []
  for (const stream of [pushing.stdout, pushing.stderr]) {
    if (stream)
      createInterface({ input: stream }).on('line', (line) =>
        lines.push(`${sinceMs().toFixed(0)} ms ${line}`),
      )
  }
  const rejected = new AbortController()
  const ended = pushing.exited.then(({ status }) => {
    if (status !== 0) rejected.abort(new Error(`The push was rejected:\n${lines.join('\n')}`))
    return sinceMs()
  })
  const watched = AbortSignal.any([signal, rejected.signal])
  const answered = untilAnswers(way.question, version, watched).then(sinceMs)
  const [answeredMs, endedMs] = await Promise.all([answered, ended])
  say(
    `${way.title}: ${answeredMs.toFixed(0)} ms to the answer, ${endedMs.toFixed(0)} ms to the end of git push`,
  )
  if (way.title === 'Berth') for (const line of lines) say(`  ${line}`)
  return { answeredMs, endedMs }
}

function tellTimes(run: BenchRun, times: ReadonlyMap<Way, readonly Times[]>, fileCount: number): void {
  const [berth, ...floors] = [...times].map(([{ title }, taken]) => ({
    title,
    answeredMs: median(taken.map((one) => one.answeredMs)),
    endedMs: median(taken.map((one) => one.endedMs)),
  }))
  if (berth === undefined) return
  const common = { unit: 'ms', better: 'lower' } as const
  for (const { title, answeredMs, endedMs } of floors) {
    const files = `${fileCount} files, one changed`
    run.tell({
      ...common,
      figure: `${files}: git push to the first 200`,
      berth: berth.answeredMs,
      other: answeredMs,
      against: title,
      goal,
    })
    run.tell({
      ...common,
      figure: `${files}: git push to its end`,
      berth: berth.endedMs,
      other: endedMs,
      against: title,
      goal: null,
    })
  }
}
