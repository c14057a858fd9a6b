import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { command, localRunner } from '@berth/command'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultCapabilities } from '../sandbox/capabilities.ts'
import { ask } from '../testing/ask-port.ts'
import { firstLine } from '../testing/engine-home.ts'
import { type FarHost, makeFarHost } from '../testing/far-host.ts'
import { useEngine } from '../testing/use-engine.ts'

const megabyte = 1024 * 1024

describe('a container', () => {
  const site = useEngine()
  const { run, start } = site
  let far: FarHost

  beforeAll(async () => {
    far = await makeFarHost()
  })
  afterAll(() => far.remove())

  describe('on its machine', () => {
    test('has a root who is nobody outside, and ids that another group does not have', async () => {
      const { lines } = await run('cat /proc/self/uid_map')
      const { lines: others } = await run('cat /proc/self/uid_map', { group: 'others' })
      const [inside, outside, count] = (lines[0] ?? '').trim().split(/\s+/)
      expect([inside, count]).toEqual(['0', '65536'])
      expect(Number(outside)).toBeGreaterThan(100_000)
      expect(others[0]?.trim().split(/\s+/)[1]).not.toBe(outside)
    })

    test('has the capabilities of podman and no others, whatever it executes', async () => {
      const { lines } = await run(
        'grep -E "CapEff|CapBnd" /proc/self/status; grep Seccomp: /proc/self/status',
      )
      const numbers = lines.slice(0, 2).map((line) => BigInt(`0x${line.split(/\s+/)[1]}`))
      expect(numbers[0]?.toString(2).replaceAll('0', '')).toHaveLength(defaultCapabilities.length)
      expect(numbers[1]).toBe(numbers[0])
      expect(lines[2]).toMatch(/2$/)
    })

    test('has none at all as another user', async () => {
      const { lines } = await run('grep CapEff /proc/self/status; id -u', { user: 'app' })
      expect(lines).toEqual([expect.stringMatching(/^CapEff:\s+0+$/), '1000'])
    })

    test.each([
      'echo 1 > /proc/sys/kernel/sysrq',
      'echo 1 > /proc/sysrq-trigger',
      'mount -t tmpfs none /tmp',
      'mount -o remount,rw /sys',
      'mknod /tmp/disk b 254 0',
      'hostname other',
      'cat /proc/kcore | head -c 1 | grep .',
      'mkdir /sys/fs/cgroup/memory/mine',
      'unshare -U true',
      'unshare -m true',
    ])('cannot %s', async (script) => {
      expect((await run(`(${script}) 2>/dev/null`)).exit.code).not.toBe(0)
    })

    test.each([null, 'app'])('as user %j may open its output once more, as nginx does', async (user) => {
      const script = 'echo out > /dev/stdout && echo err > /dev/stderr && ln -s /dev/stdout /tmp/access.log'
      const { exit, lines } = await run(`${script} && echo logged >> /tmp/access.log`, { user })
      expect(exit.code).toBe(0)
      expect(lines.toSorted()).toEqual(['err', 'logged', 'out'])
    })

    test('sees no process but its own', async () => {
      const { lines } = await run('ps -o pid,comm')
      expect(lines.length).toBeLessThan(6)
      expect(lines[1]).toMatch(/^\s*1 /)
    })

    test('has an init that reaps what nobody waits for', async () => {
      const { lines } = await run('(sleep 0.1 &) ; (sleep 0.1 &) ; sleep 0.6; ps -o stat,comm | grep -c "^Z"')
      expect(lines).toEqual(['0'])
    })

    test('dies when it takes more memory than it may, and that is said', async () => {
      const { exit } = await run('dd if=/dev/zero of=/dev/null bs=200M count=1')
      expect(exit).toMatchObject({ code: 137, signal: 'SIGKILL', outOfMemory: true })
    })

    test('cannot fork without end', async () => {
      const { lines } = await run('for i in $(seq 100); do sleep 5 & done 2>&1; ls -d /proc/[0-9]* | wc -l', {
        limits: { memoryBytes: 64 * megabyte, cpuWeight: 100, cpus: null, pids: 20 },
      })
      expect(lines.join(' ')).toMatch(/fork/)
    })

    test('is held to its share of a processor', async () => {
      const limits = { memoryBytes: 64 * megabyte, cpuWeight: 100, cpus: 0.1, pids: 20 }
      const { id } = await start('while true; do true; done', { limits })
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      expect((await site.engine.containers.stats(id)).cpuTimeMs).toBeLessThan(500)
    })

    test('costs its machine little more than itself', async () => {
      const { pid } = await start('sleep 60')
      const { stdout } = await localRunner.run(command('ps', '-o', 'ppid=', '-p', String(pid)))
      const monitor = await localRunner.run(command('cat', `/proc/${stdout.trim()}/smaps_rollup`))
      expect(Number(/^Private_Dirty:\s+(\d+) kB/m.exec(monitor.stdout)?.[1])).toBeLessThan(600)
    })
  })

  describe('in its network', () => {
    test('is reached from its machine', async () => {
      const { address } = await start('nc -l -p 7000 -e echo hello')
      await expect.poll(() => ask(address, 7000)).toBe('hello\n')
    })

    test('reaches the world behind its machine, which sees only the machine', async () => {
      const { lines } = await run(`nc ${far.address} ${far.port} < /dev/null`)
      expect(lines).toEqual([`hello ${far.gateway}`])
    })

    test('is not reached from there', async () => {
      const { address } = await start('nc -l -p 7000 -e echo hello')
      await expect.poll(() => ask(address, 7000)).toBe('hello\n')
      const second = await start('nc -l -p 7000 -e echo hello')
      expect(await far.ask(second.address ?? '', 7000)).toBe('')
    })

    test('reaches its own group and no other', async () => {
      const server = await start('while true; do nc -l -p 7000 -e echo hello; done', { group: 'one' })
      await expect.poll(() => ask(server.address, 7000)).toBe('hello\n')
      const script = `nc -w 2 ${server.address} 7000 < /dev/null`
      expect((await run(script, { group: 'one' })).lines).toEqual(['hello'])
      const other = await run(script, { group: 'two' })
      expect(other.lines.join('')).not.toContain('hello')
      expect(other.exit.code).not.toBe(0)
    })

    test('does not reach what listens on its machine', async () => {
      const server = createServer((_request, response) => response.end('secret'))
      await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
      const { port } = server.address() as AddressInfo
      const { id } = await start('ip route | sed -n "s/default via \\([0-9.]*\\).*/\\1/p"; sleep 60')
      const gateway = await firstLine(site.engine, id)
      for (const address of [gateway, far.gateway]) {
        const { exit, lines } = await run(`nc -w 1 ${address} ${port} < /dev/null`)
        expect(exit.code).not.toBe(0)
        expect(lines.join('')).not.toContain('secret')
      }
      server.close()
    })

    test('does not reach the keys that a cloud gives to machines', async () => {
      await localRunner.run(command('ip', 'addr', 'add', '169.254.169.254/32', 'dev', 'lo'))
      const { exit } = await run('nc -w 1 169.254.169.254 80 < /dev/null')
      await localRunner.run(command('ip', 'addr', 'del', '169.254.169.254/32', 'dev', 'lo'))
      expect(exit.code).not.toBe(0)
    })

    test('may listen on low ports as anyone', async () => {
      const { address } = await start('nc -l -p 80 -e echo low', { user: 'app' })
      await expect.poll(() => ask(address, 80)).toBe('low\n')
    })

    test('knows its own name and the machine’s resolvers', async () => {
      const { lines } = await run(
        'hostname; grep web /etc/hosts | cut -d" " -f2; grep -c nameserver /etc/resolv.conf',
        {
          hostname: 'web.1',
        },
      )
      expect(lines.slice(0, 2)).toEqual(['web.1', 'web.1'])
      expect(Number(lines[2])).toBeGreaterThan(0)
    })
  })

  test('has its log rotated, and no line of it is lost before its time', async () => {
    const log = { directory: `${site.home.home}/logs`, maxBytes: 20_000, maxFiles: 3 }
    const { id, logPath } = await start(
      'i=0; while [ $i -lt 60 ]; do i=$((i+1)); for j in 1 2 3 4 5 6 7 8 9 10; do echo line $i $j; done; sleep 0.1; done',
      { log },
    )
    const lines: string[] = []
    for await (const line of site.engine.containers.logs(id, { follow: true, tail: null, since: null })) {
      lines.push(line.text)
    }
    expect(lines).toHaveLength(600)
    const { stdout } = await localRunner.run(
      command('find', `${site.home.home}/logs`, '-name', `${id}.log.*`),
    )
    expect(stdout).toContain(`${logPath}.1`)
  })
})
