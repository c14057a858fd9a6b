import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export type Question = { host: string; port: number; hostHeader: string; path: string }

const askEveryMs = 5
const answersWithinMs = 120_000

/** Asks until the answer is 200 with this body: a new connection each time, as a visitor who comes now. */
export async function untilAnswers(question: Question, body: string, signal: AbortSignal): Promise<void> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(answersWithinMs)])
  while ((await ask(question).catch(() => '')) !== body)
    await sleep(askEveryMs, undefined, { signal: limited })
}

/** Empty where the status is not 200. */
function ask({ host, port, hostHeader, path }: Question): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host, port, path, headers: { host: hostHeader }, agent: false, timeout: 5_000 } as const
    const request = get(options, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => resolve(answer.statusCode === 200 ? Buffer.concat(chunks).toString() : ''))
    })
    request.on('timeout', () => request.destroy(new Error('No answer within 5 s.')))
    request.on('error', reject)
  })
}
