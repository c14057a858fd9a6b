import { setTimeout as sleep } from 'node:timers/promises'

// An `import` would load what `fetch` is made of as well: 5 MB in every process.
const { get } = process.getBuiltinModule('node:http')

const pauseMs = 25
const longestAnswer = 10_000

/** Asks again and again until the answer is yes. Rejects with the signal's reason. */
export async function until(
  ask: (signal: AbortSignal) => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  while (!(await ask(signal))) await sleep(pauseMs, undefined, { signal })
}

/** On a port of this machine, or on a socket. */
export type Address = { path: string } & ({ port: number } | { socketPath: string })

/** Does this address answer with 200, and with `body` where one is given? */
export function answers(address: Address, body?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = get({ host: '127.0.0.1', ...address, agent: false, timeout: 2_000 }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        if (text.length < longestAnswer) text += chunk
      })
      response.once('error', () => resolve(false))
      response.once('end', () => resolve(response.statusCode === 200 && text === (body ?? text)))
    })
    asking.once('error', () => resolve(false))
    asking.once('timeout', () => asking.destroy(new Error('no answer in 2 s')))
  })
}
