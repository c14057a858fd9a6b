import { Agent, request } from 'node:http'

/** Docker's API over its socket, on one connection that is kept: what a program does that needs no client. */
export type DockerApi = {
  call: (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) => Promise<unknown>
  close: () => void
}

const timeoutMs = 60_000

export function openDockerApi(socketPath: string): DockerApi {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return {
    async call(method, path, body) {
      const { status, text } = await exchange({ socketPath, agent, method, path }, body)
      if (status >= 400) throw new Error(`Docker answered ${method} ${path} with ${status}: ${text}`)
      return text === '' ? null : JSON.parse(text)
    },
    close: () => agent.destroy(),
  }
}

function exchange(
  options: { socketPath: string; agent: Agent; method: string; path: string },
  body: unknown,
): Promise<{ status: number; text: string }> {
  const payload = body === undefined ? '' : JSON.stringify(body)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...options, headers, timeout: timeoutMs }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      )
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error(`Docker did not answer within ${timeoutMs} ms.`)))
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}
