import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const patienceMs = 10_000

/** Somebody who stays connected. `said`: the first line that the app has said; null: the connection was closed before. */
export type Caller = { said: string | null; echo(text: string): Promise<boolean>; end(): void }

export function callPort(port: number): Promise<Caller> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.setTimeout(patienceMs, () => socket.destroy())
    let text = ''
    const caller = (said: string | null): Caller => ({
      said,
      echo: async (sent) => {
        socket.write(`${sent}\n`)
        for (
          let waitedMs = 0;
          waitedMs < patienceMs && !text.includes(sent) && !socket.destroyed;
          waitedMs += 20
        )
          await sleep(20)
        return text.includes(sent)
      },
      end: () => void socket.destroy(),
    })
    socket.on('data', (chunk) => {
      text += chunk
      if (text.includes('\n')) resolve(caller(text.slice(0, text.indexOf('\n'))))
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve(caller(null)))
  })
}

/** What the app says to somebody who comes and goes. */
export async function saidAt(port: number): Promise<string | null> {
  const caller = await callPort(port)
  caller.end()
  return caller.said
}

/** Comes again and again while something is done; every visit is kept. */
export async function callingMeanwhile<Result>(port: number, work: () => Promise<Result>) {
  const visits: (string | null)[] = []
  let over = false
  const visitor = (async () => {
    while (!over) {
      visits.push(await saidAt(port))
      await sleep(5)
    }
  })()
  try {
    return { result: await work(), visits }
  } finally {
    over = true
    await visitor
  }
}
