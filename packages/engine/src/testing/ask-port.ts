import { connect } from 'node:net'

/** What a port answers; empty where nobody does. */
export async function ask(address: string | null, port: number): Promise<string> {
  const socket = connect({ host: address ?? '', port, timeout: 1_000 })
  let text = ''
  socket.on('data', (bytes) => {
    text += String(bytes)
  })
  socket.on('timeout', () => socket.destroy()).on('error', () => socket.destroy())
  await new Promise((resolve) => socket.once('close', resolve))
  return text
}
