import { once } from 'node:events'
import { appendFile, copyFile, writeFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { command, localRunner } from '@berth/command'

/** An address of the open network: those of closed ones, and a machine's own, are refused to a Dockerfile. */
export const siteAddress = '11.22.33.44'
export const siteHost = 'files.test'
const ourEnd = '11.22.33.1'

/**
 * The site of site.ts, in a network namespace behind ours, and its name in our /etc/hosts (a copy that is mounted over
 * it). Everything of it ends with our own namespaces; `close` ends it sooner.
 */
export async function startSite(home: string): Promise<{ close(): Promise<unknown> }> {
  const program = new URL('site.ts', import.meta.url).pathname
  const site = localRunner.start(command('unshare', '--net', process.execPath, program, `${home}/site`), {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = site.exited.then(() => Promise.reject(new Error('The site did not start.')))
  await Promise.race([once(site.stdout as Readable, 'data'), ended])
  ended.catch(() => {})
  const inside = command('nsenter', `--net=/proc/${site.pid}/ns/net`, '--', 'ip', '-batch', '-')
  await localRunner.run(command('ip', '-batch', '-'), {
    input: `link set lo up\nlink add site type veth peer name eth0 netns ${site.pid}\naddr add ${ourEnd}/24 dev site\nlink set site up\n`,
  })
  await localRunner.run(inside, {
    input: `addr add ${siteAddress}/24 dev eth0\nlink set eth0 up\nroute add default via ${ourEnd}\n`,
  })
  // The yardstick's daemon has a namespace of its own too, and reaches the site through this one.
  await writeFile('/proc/sys/net/ipv4/ip_forward', '1')
  await nameSite(home)
  return {
    close() {
      site.kill('SIGTERM')
      return site.exited
    },
  }
}

async function nameSite(home: string): Promise<void> {
  await copyFile('/etc/hosts', `${home}/hosts`)
  await appendFile(`${home}/hosts`, `\n${siteAddress} ${siteHost}\n`)
  await localRunner.run(command('mount', '--bind', `${home}/hosts`, '/etc/hosts'))
}
