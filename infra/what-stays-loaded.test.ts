import { command, localRunner } from '@berth/command'
import { expect, test } from 'vitest'

const root = new URL('..', import.meta.url)

/** The processes that stay, and what begins them; each line that one of them loads is memory that the apps lack. */
const processes: readonly { name: string; begins: readonly string[]; without: RegExp }[] = [
  {
    name: 'berth up',
    begins: ['apps/cli/src/up/platform.ts'],
    without: /\/node_modules\/|\/fake|undici/,
  },
  {
    name: 'the receiver',
    begins: ['apps/receiver/src/wiring.ts', 'apps/receiver/src/open-receiver.ts'],
    without: /\/node_modules\/(bullmq|better-auth|next|koffi|@trpc)\/|\/fake|undici/,
  },
  {
    name: 'the worker',
    begins: ['apps/worker/src/wiring.ts', 'apps/worker/src/start-worker.ts'],
    without:
      /\/node_modules\/(better-auth|next|ssh2|@trpc|acme-client|axios|node-forge|nodemailer)\/|\/fake|undici/,
  },
]

/** `undici` is what `fetch` is made of; Node loads it with the first `import` of node:http as well. */
const tell = `
  import { registerHooks } from 'node:module'
  const files = []
  registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) })
  for (const begin of process.argv.slice(1)) await import(begin)
  process.stdout.write(JSON.stringify([...files, ...process.moduleLoadList]), () => process.exit())
`

test.each(processes)(
  '$name loads nothing that it can do without',
  async ({ begins, without }) => {
    const urls = begins.map((path) => new URL(path, root).href)
    const { stdout } = await localRunner.run(
      command(process.execPath, '--input-type=module', '--eval', tell, ...urls),
    )
    const loaded = JSON.parse(stdout) as string[]
    expect(loaded.filter((module) => without.test(module))).toEqual([])
    expect(loaded).toEqual(expect.arrayContaining(urls))
  },
  60_000,
)
