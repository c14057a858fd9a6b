import { readdir, symlink } from 'node:fs/promises'
import { localRunner, Secret } from '@berth/command'
import type { TreeEntry } from '@berth/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type BuildHome,
  type Files,
  makeBuildHome,
  refusal,
  shellAction,
  treeOf,
} from '../../testing/build-home.ts'
import type { CacheMount, Origin, RunMount } from '../plan.ts'
import type { ContextSource } from '../select-sources.ts'

let at: BuildHome
let base: Origin

beforeAll(async () => {
  at = await makeBuildHome()
  base = { kind: 'image', reference: 'busybox', layers: (await at.images.get('busybox')).layers }
})
afterAll(() => at.remove())

let serial = 0

/** A step of its own each time. */
const run = (script: string, mounts: readonly RunMount[], over = {}, action = {}) =>
  at.carry([shellAction(`${script} # ${++serial}`, { mounts, ...action })], over)

const cache = (target: string, over: Partial<CacheMount> = {}): RunMount => ({
  type: 'cache',
  target,
  ...{ id: target, sharing: 'shared', from: null, readOnly: false, mode: 0o755, uid: 0, gid: 0 },
  ...over,
})

/** What the last step put into its layer. */
async function madeBy({ layers }: { layers: readonly string[] }): Promise<string[]> {
  const made = layers.slice(base.kind === 'image' ? base.layers.length : 0)
  const names = await Promise.all(made.map((layer) => readdir(at.fileSystems.layerPath(layer))))
  return names.flat()
}

async function wholeTree(files: Files): Promise<ContextSource> {
  const entries = await treeOf(files).entries()
  return {
    name: '',
    kind: 'directory',
    entries: entries.map((entry: TreeEntry) => ({ path: entry.path, entry })),
  }
}

describe('RUN --mount=type=bind', () => {
  test('shows the context, and nothing of it or of what is written to it stays', async () => {
    const files = { 'a/b': 'in the context\n', 'run*': '#!/bin/sh\necho ran' }
    const from = { kind: 'context' as const, source: await wholeTree(files) }
    const readOnly = await run(
      'cat src/a/b; src/run; touch src/x || echo refused',
      [{ type: 'bind', target: '/src', from, writable: false }],
      { tree: treeOf(files) },
    )
    expect(readOnly.lines.filter((line) => !line.startsWith('touch'))).toEqual([
      'in the context',
      'ran',
      'refused',
    ])
    const written = await run('echo new > /src/a/b; cat /src/a/b; ls -ln /src/run | cut -c1-10', [
      { type: 'bind', target: '/src', from, writable: true },
    ])
    expect(written.lines).toEqual(['new', '-rwxr-xr-x'])
    const again = await run('cat /src/a/b', [{ type: 'bind', target: '/src', from, writable: false }])
    expect(again.lines).toEqual(['in the context'])
    for (const each of [readOnly, written, again]) expect(await madeBy(each)).toEqual([])
    expect(await at.leftovers()).toEqual([])
  })

  test('shows one file, and a path of an image, in a place that the image has', async () => {
    const entry = (await treeOf({ name: 'one file\n' }).entries())[0] as TreeEntry
    const source: ContextSource = { name: 'name', kind: 'file', entries: [{ path: '', entry }] }
    const { lines } = await run(
      'cat /etc/passwd; head -n 1 /users',
      [
        { type: 'bind', target: '/etc/passwd', from: { kind: 'context', source }, writable: false },
        {
          type: 'bind',
          target: '/users',
          from: { kind: 'root', origin: base, source: '/etc/group' },
          writable: false,
        },
      ],
      { tree: treeOf({ name: 'one file\n' }) },
    )
    expect(lines).toEqual(['one file', 'root:x:0:'])
  })

  test('a source that leads out of its root stays in it', async () => {
    const trap = await at.fileSystems.temporaryDirectory()
    await symlink('../../../../../../etc', `${trap}/way`)
    const layer = (await at.fileSystems.seal(trap, null)).id
    const origin: Origin = { kind: 'image', reference: 'trap', layers: [layer] }
    const mounts: RunMount[] = [
      {
        type: 'bind',
        target: '/seen',
        from: { kind: 'root', origin, source: '/way/passwd' },
        writable: false,
      },
    ]
    expect((await refusal(run('cat /seen', mounts))).code).toBe('BUILD.SOURCE_NOT_FOUND')
    expect(await at.leftovers()).toEqual([])
  })
})

describe('RUN --mount=type=cache', () => {
  test('keeps what steps write from build to build, in no layer, and within its scope', async () => {
    expect(await madeBy(await run('echo kept > /cache/file', [cache('/cache')]))).toEqual([])
    const read = 'cat /cache/file 2>/dev/null || echo empty'
    expect((await run(read, [cache('/cache')])).lines).toEqual(['kept'])
    expect((await run(read, [cache('/cache')], { cacheScope: 'other' })).lines).toEqual(['empty'])
    expect((await run(read, [cache('/cache', { id: 'else' })])).lines).toEqual(['empty'])
    expect((await run(`touch /cache/x || ${read}`, [cache('/cache', { readOnly: true })])).lines.at(-1)).toBe(
      'kept',
    )
  })

  test('has its owner and mode, and begins with what it is given', async () => {
    const from = { kind: 'root' as const, origin: base, source: '/etc' }
    const given = cache('/filled', { from, id: 'filled' })
    expect((await run('head -n 1 /filled/group; rm /filled/group', [given])).lines).toEqual(['root:x:0:'])
    expect((await run('ls /filled', [given])).lines).toEqual(['passwd'])
    const owned = cache('/owned', { uid: 1000, gid: 2000, mode: 0o750 })
    expect(
      (await run('stat -c "%a %u %g" /owned; touch /owned/x', [owned], {}, { user: 'app' })).lines,
    ).toEqual(['750 1000 2000'])
  })

  test('locked is for one at a time, private never for two, shared for all', async () => {
    const both = async (sharing: CacheMount['sharing'], script: string) => {
      const mounts = [cache('/c', { id: `both-${sharing}`, sharing })]
      const results = await Promise.all([run(script, mounts), run(script, mounts)])
      return results.flatMap(({ lines }) => lines).toSorted()
    }
    const alone = 'mkdir /c/in || echo together; sleep 0.2; rmdir /c/in; echo done'
    expect(await both('locked', alone)).toEqual(['done', 'done'])
    const meet =
      'mktemp /c/XXXXXX >/dev/null; i=0; while [ $(ls /c | wc -l) -lt 2 ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done; ls /c | wc -l'
    expect(await both('shared', meet)).toEqual(['2', '2'])
    expect(await both('private', alone)).toEqual(['done', 'done'])
    expect((await both('private', 'ls /c | wc -l; sleep 0.2')).toSorted()).toEqual(['0', '0'])
  })

  test('of one id has one directory in a step, and none waits for itself', async () => {
    const mounts = [cache('/a', { id: 'same', sharing: 'locked' }), cache('/b', { id: 'same' })]
    expect((await run('echo x > /a/f; cat /b/f', mounts)).lines).toEqual(['x'])
  })

  test('that waits is broken off with its build', async () => {
    const mount = cache('/w', { id: 'waits', sharing: 'locked' }) as RunMount & CacheMount
    const wanted = { scope: 'test', mount, range: at.parts.range, fill: async () => undefined }
    const held = await at.parts.cacheMounts.hold(wanted, new AbortController().signal)
    const stop = new AbortController()
    const waiting = at.carry([shellAction('true', { mounts: [mount] })], {}, stop.signal)
    setTimeout(() => stop.abort(new Error('the pusher left')), 100)
    await expect(waiting).rejects.toThrow()
    held.release()
    expect(await at.leftovers()).toEqual([])
  })

  test('is removed, the longest unused first, when a scope keeps too much; not while it is in use', async () => {
    const write = (id: string) =>
      run('dd if=/dev/zero of=/c/f bs=64k count=16 2>/dev/null', [cache('/c', { id })], {
        cacheScope: 'pruned',
      })
    await write('old')
    await write('new')
    const { cacheMounts } = at.parts
    expect(await cacheMounts.prune(3 * 1024 * 1024)).toBe(0)
    expect(await cacheMounts.prune(1024 * 1024 + 65_536)).toBeGreaterThanOrEqual(1024 * 1024)
    const has = async (id: string) =>
      (await run('ls /c | wc -l', [cache('/c', { id })], { cacheScope: 'pruned' })).lines[0]
    expect(await has('new')).toBe('1')
    expect(await has('old')).toBe('0')
    const wanted = {
      scope: 'pruned',
      mount: { id: 'new', sharing: 'shared' as const, mode: 0o755, uid: 0, gid: 0 },
    }
    const held = await cacheMounts.hold(
      { ...wanted, range: at.parts.range, fill: async () => undefined },
      new AbortController().signal,
    )
    await cacheMounts.prune(0)
    expect(await readdir(held.directory)).toEqual(['f'])
    held.release()
  })

  test('that a step fills beyond what the build may write ends the step', async () => {
    const limits = {
      memoryBytes: 64 * 2 ** 20,
      cpuWeight: 50,
      pids: 100,
      timeoutMs: 60_000,
      diskBytes: 8 * 2 ** 20,
    }
    const filling = run(
      'dd if=/dev/zero of=/c/big bs=1M count=64 && sleep 20',
      [cache('/c', { id: 'big' })],
      { limits },
    )
    expect((await refusal(filling)).code).toBe('BUILD.OVER_DISK_LIMIT')
  })
})

describe('RUN --mount=type=secret', () => {
  const secret = {
    type: 'secret' as const,
    id: 'token',
    target: '/run/secrets/token',
    variable: null,
    required: true,
    mode: 0o400,
    uid: 0,
    gid: 0,
  }
  const secrets = { token: new Secret('s3cret-value') }

  test('is a file of its own, and a variable, for its step alone', async () => {
    const { lines, events, layers } = await run(
      'cat $F; echo; stat -c "%a %u %g" $F; echo $TOKEN; grep -c /run/secrets /proc/mounts; echo x > $F || echo kept',
      [{ ...secret, variable: 'TOKEN', mode: 0o440, uid: 1000, gid: 2000 }],
      { secrets },
      { env: { F: '/run/secrets/token' }, user: 'app' },
    )
    expect(lines.filter((line) => !line.includes("can't create"))).toEqual([
      's3cret-value',
      '440 1000 2000',
      's3cret-value',
      '1',
      'kept',
    ])
    expect(await madeBy({ layers })).toEqual([])
    expect(events.some((event) => event.kind === 'line' && event.text.includes('s3cret'))).toBe(true)
    const { stdout } = await localRunner.run(
      { argv: ['grep', '-rlaF', 's3cret-value', at.home] },
      { okStatuses: [0, 1] },
    )
    expect(stdout).toBe('')
    expect((await run('ls /run 2>/dev/null; echo $TOKEN', [], { secrets })).lines).toEqual([''])
  })

  test('that is not given is told when it is required, and absent otherwise', async () => {
    const error = await refusal(run('true', [{ ...secret, id: 'constructor' }], { secrets }))
    expect(error.code).toBe('BUILD.SECRET_MISSING')
    expect(error.message).toMatch(/^Dockerfile:1: the secret "constructor" is required/)
    const optional = await run('ls /run/secrets 2>/dev/null; echo "[$T]"', [
      { ...secret, id: 'no', variable: 'T', required: false },
    ])
    expect(optional.lines).toEqual(['[]'])
  })
})

test('RUN --mount=type=tmpfs is empty memory of its size', async () => {
  const mount: RunMount = { type: 'tmpfs', target: '/scratch/deep', sizeBytes: 1024 * 1024 }
  const made = await run(
    "ls /scratch/deep; df -k /scratch/deep | awk 'END { print $2 }'; touch /scratch/deep/x",
    [mount],
  )
  expect(made.lines).toEqual(['1024'])
  expect(await madeBy(made)).toEqual([])
})

describe('RUN --mount=type=ssh', () => {
  const mount = {
    type: 'ssh' as const,
    id: 'default',
    target: '/run/agent',
    required: true,
    mode: 0o600,
    uid: 0,
    gid: 0,
  }

  test('is a socket that its user may use', async () => {
    const { lines } = await run('stat -c "%F %a %u" $SSH_AUTH_SOCK', [{ ...mount, uid: 1000 }], {
      sshAgents: { default: `${at.home}/no-agent` },
    })
    expect(lines).toEqual(['socket 600 1000'])
    expect(await at.leftovers()).toEqual([])
  })

  test('without an agent is told when it is required', async () => {
    expect((await refusal(run('true', [mount]))).code).toBe('BUILD.SECRET_MISSING')
    const optional = await run('echo "[$SSH_AUTH_SOCK]"', [{ ...mount, required: false }])
    expect(optional.lines).toEqual(['[]'])
  })
})
