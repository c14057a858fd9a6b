import { person, type Signed } from '../../test/platform/person.ts'
import type { Repository } from '../../test/platform/repository.ts'
import { smallApp, smallVersion } from '../../test/platform/small-app.ts'
import { type Platform, startPlatform } from '../../test/platform/start-platform.ts'
import { underLoad, visit } from '../../test/platform/visitors.ts'
import type { BenchRun } from './bench-run.ts'
import { median } from './median.ts'

type App = { name: string; work: Repository }
type Site = { platform: Platform; pusher: Signed; run: BenchRun }

/** Many apps at once, and one app many times, while visitors ask without a pause: what it takes, and what fails meanwhile. */
export async function measureDeploys(run: BenchRun): Promise<void> {
  const platform = await startPlatform({ healthTimeoutMs: 120_000 })
  run.defer(platform.remove)
  const site = { platform, pusher: await person(platform, 'bench'), run }
  const apps: App[] = []
  for (let number = 1; number <= (run.quick ? 6 : 50); number += 1)
    apps.push({ name: `app-${number}`, work: await smallApp(platform, `app-${number}`) })
  await manyAtOnce(site, apps)
  await oneManyTimes(site, apps[0] as App, run.quick ? 5 : 100)
}

async function manyAtOnce(site: Site, apps: readonly App[]): Promise<void> {
  const title = `${apps.length} apps pushed at once`
  const first = await timed(() => pushAll(site, apps))
  tellSeconds(site.run, `${title}, the first time: until the last is live`, first.ms)
  for (const { work } of apps) await work.commit(smallVersion('two'))
  const [watched] = apps as [App]
  const again = await timed(() => underLoad(site.platform, watched.name, () => pushAll(site, apps)))
  tellSeconds(site.run, `${title}, the second time: until the last is live`, again.ms)
  tellFailures(site.run, `${title}, the second time`, again.result)
  for (const { name } of apps) {
    const { status, body } = await visit(site.platform, name)
    if (status !== 200 || !body.includes('two')) throw new Error(`${name} answers ${status}: ${body}`)
  }
}

async function oneManyTimes(site: Site, app: App, times: number): Promise<void> {
  const title = `one app deployed ${times} times under load`
  const taken: number[] = []
  const load = await underLoad(site.platform, app.name, async () => {
    for (let number = 1; number <= times; number += 1) {
      site.run.signal.throwIfAborted()
      await app.work.commit(smallVersion(`${number} of ${times}`))
      taken.push((await timed(() => push(site, app, 'ssh'))).ms)
    }
  })
  tellSeconds(site.run, `${title}: one push, median`, median(taken))
  tellFailures(site.run, title, load)
}

/** Half over each door. */
async function pushAll(site: Site, apps: readonly App[]): Promise<void> {
  await Promise.all(apps.map((app, index) => push(site, app, index % 2 === 0 ? 'ssh' : 'http')))
}

async function push({ pusher, run }: Site, { name, work }: App, door: 'ssh' | 'http'): Promise<void> {
  run.signal.throwIfAborted()
  const { status, stderr } = await (door === 'ssh' ? work.push(pusher, name) : work.pushHttp(pusher, name))
  if (status !== 0) throw new Error(`The push of ${name} was refused:\n${stderr}`)
  run.say(`${name} is live`)
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ ms: number; result: Result }> {
  const startedAt = performance.now()
  const result = await work()
  return { ms: performance.now() - startedAt, result }
}

function tellSeconds(run: BenchRun, figure: string, ms: number): void {
  const none = { other: null, against: 'nothing', goal: null } as const
  run.tell({ ...none, figure, berth: ms / 1_000, unit: 's', better: 'lower' })
}

function tellFailures(
  run: BenchRun,
  title: string,
  { requests, failures }: { requests: number; failures: string[] },
): void {
  for (const failure of new Set(failures)) run.say(` !     ${failure}`)
  const common = { berth: failures.length, other: null, better: 'lower', goal: null } as const
  run.tell({
    ...common,
    figure: `${title}: requests that failed meanwhile`,
    against: `${requests} requests`,
    unit: '',
  })
}
