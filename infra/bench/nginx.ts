import { createConnection } from 'node:net'
import type { Command } from '@berth/command'
import { command } from '@berth/command'

/** Debian's nginx with a directory of its own for everything that it writes. */
export function nginxCommand(directory: string): Command {
  return command('nginx', '-p', directory, '-c', `${directory}/nginx.conf`)
}

/** `workers` as HAProxy has threads. No log, as Berth's HAProxy keeps none; connections are kept as long as there. */
export function nginxConfiguration(given: {
  directory: string
  workers: number
  http: readonly string[]
}): string {
  const { directory, workers, http } = given
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  )
  return [
    'daemon off;',
    `worker_processes ${workers};`,
    'worker_rlimit_nofile 20000;',
    `pid ${directory}/nginx.pid;`,
    'error_log stderr error;',
    'events { worker_connections 8192; }',
    'http {',
    ...temporary,
    'access_log off;',
    'keepalive_requests 100000000;',
    'server_names_hash_max_size 8192;',
    'server_names_hash_bucket_size 128;',
    ...http,
    '}',
    '',
  ].join('\n')
}

/** Rejects where nobody listens. */
export function accepts(port: number, host = '127.0.0.1'): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, timeout: 1_000 })
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
    socket.once('error', reject)
    socket.once('timeout', () => socket.destroy(new Error('no answer within a second')))
  })
}
