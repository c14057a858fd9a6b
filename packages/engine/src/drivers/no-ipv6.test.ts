import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type EngineHome, makeEngineHome, removeEngineHome } from '../testing/engine-home.ts'
import { makePrivateNetwork, type PrivateNetwork } from '../testing/private-network.ts'

let home: EngineHome
let machine: PrivateNetwork

beforeAll(async () => {
  home = await makeEngineHome()
})
beforeEach(async () => {
  machine = await makePrivateNetwork()
  await machine.run('ip', 'link', 'set', 'lo', 'up')
})
afterAll(() => removeEngineHome(home))

const runInEngine = async (script: string) => {
  const program = `${import.meta.dirname}/../testing/run-in-engine.ts`
  const words = ['sh', '-c', 'exec "$@" 2>&1', 'sh', process.execPath, program, home.home, script] as const
  const told = await machine.run(...words)
  await machine.remove()
  return JSON.parse(told) as { address: string; address6: string | null; code: number; lines: string[] }
}

test('a machine that has IPv6 switched off has containers without it, and nothing is said', async () => {
  const switches = ['all', 'default'].map((scope) => `net.ipv6.conf.${scope}.disable_ipv6=1`)
  await machine.run('sysctl', '-qw', ...switches)
  const server = 'nc -l -p 7000 -e echo hello & sleep 0.3; nc 127.0.0.1 7000 </dev/null'
  expect(await runInEngine(`wc -l < /proc/net/if_inet6; grep -c : /etc/hosts; ${server}`)).toEqual({
    address: expect.any(String),
    address6: null,
    code: 0,
    lines: ['0', '0', 'hello'],
  })
})

test('the same engine gives addresses once the machine has it', async () => {
  const { address6, lines } = await runInEngine('wc -l < /proc/net/if_inet6')
  expect([address6, lines]).toEqual([expect.stringMatching(/^fd/), ['2']])
})
