// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the variables of Dockerfiles.
import { describe, expect, test } from 'vitest'
import { keyOf, planOf, refusalOf, runOf, testImage } from '../testing/plan-of.ts'

const files = { 'go.mod': '1', 'src/a.go': '2', 'src/deep/b.go': '3' }
const header = 'FROM base AS other\nRUN make\nFROM base\nWORKDIR /src\nENV ID=key DIR=/var/c SIZE=64m\n'

/** The mounts of a RUN in `/src`; the stage `other` stands before. */
function mountsOf(...flags: string[]) {
  const planned = planOf(`${header}RUN ${flags.map((flag) => `--mount=${flag}`).join(' ')} x`, {
    files,
    images: { 'tools:1': testImage({}, 'tools') },
  })
  const action = planned.steps.at(-1)?.action
  return action?.kind === 'run' ? action.mounts : []
}

const otherRoot = { kind: 'root', origin: { kind: 'step', id: '0.1' } }
const toolsRoot = { kind: 'root', origin: { kind: 'image', reference: 'tools:1', layers: ['tools'] } }

describe('RUN --mount', () => {
  test.each([
    // Nothing said: all of the context where the step works, to be read.
    ['type=bind', { type: 'bind', target: '/src', writable: false, from: { kind: 'context' } }],
    ['target=/x', { type: 'bind', target: '/x' }],
    ['dst=x', { target: '/src/x' }],
    ['destination=../x/', { target: '/x' }],
    ['from=other,target=/o', { from: { ...otherRoot, source: '/' } }],
    ['from=OTHER,src=a/../b,target=/o', { from: { ...otherRoot, source: '/b' } }],
    ['from=0,source=/go,target=/o', { from: { ...otherRoot, source: '/go' } }],
    ['from=tools:1,target=/o', { from: { ...toolsRoot, source: '/' } }],
    ['from=scratch,target=/o', { from: { kind: 'root', origin: { kind: 'scratch' } } }],
    ['target=/o,rw', { writable: true }],
    ['target=/o,readwrite=false', { writable: false }],
    ['target=/o,ro=0', { writable: true }],
    ['target=/o,rw,readonly', { writable: false }],
    [
      'type=cache,target=/c/',
      {
        type: 'cache',
        target: '/c',
        id: '/c',
        sharing: 'shared',
        from: null,
        readOnly: false,
        mode: 0o755,
        uid: 0,
        gid: 0,
      },
    ],
    ['type=cache,target=c', { target: '/src/c', id: 'c' }],
    [
      'type=cache,id=$ID,target=${DIR},sharing=LOCKED,mode=0700,uid=1,gid=2,ro',
      { id: 'key', target: '/var/c', sharing: 'locked', mode: 0o700, uid: 1, gid: 2, readOnly: true },
    ],
    ['type=cache,target=/c,from=other,source=/seed', { from: { ...otherRoot, source: '/seed' } }],
    ['type=tmpfs,target=/t', { type: 'tmpfs', target: '/t', sizeBytes: null }],
    ['type=tmpfs,target=/t,size=$SIZE', { sizeBytes: 64 * 1024 ** 2 }],
    ['type=tmpfs,target=/t,size=1.5GiB', { sizeBytes: 1.5 * 1024 ** 3 }],
    ['type=tmpfs,target=/t,size=100', { sizeBytes: 100 }],
    [
      'type=secret,id=token',
      {
        type: 'secret',
        id: 'token',
        target: '/run/secrets/token',
        variable: null,
        required: false,
        mode: 0o400,
        uid: 0,
        gid: 0,
      },
    ],
    ['type=secret,id=a/b', { target: '/run/secrets/b' }],
    ['type=secret,source=token,required', { id: 'token', required: true }],
    ['type=secret,target=/root/.npmrc', { id: '.npmrc', target: '/root/.npmrc' }],
    ['type=secret,id=token,env=TOKEN', { variable: 'TOKEN', target: null }],
    ['type=secret,id=token,env=', { variable: 'token', target: null }],
    [
      'type=secret,id=token,env=TOKEN,target=t,mode=0444',
      { variable: 'TOKEN', target: '/src/t', mode: 0o444 },
    ],
    [
      'type=ssh',
      {
        type: 'ssh',
        id: 'default',
        target: '/run/buildkit/ssh_agent.0',
        required: false,
        mode: 0o600,
        uid: 0,
        gid: 0,
      },
    ],
    [
      'type=ssh,id=$ID,target=/agent,required=true,uid=1000',
      { id: 'key', target: '/agent', required: true, uid: 1000 },
    ],
  ])('%s', (flag, expected) => {
    expect(mountsOf(flag)).toMatchObject([expected])
  })

  test('of a file or directory of the context takes that alone', () => {
    const [file, directory] = mountsOf('source=go.mod,target=/m', 'source=/src/deep/,target=/s')
    expect(file).toMatchObject({ from: { source: { kind: 'file', name: 'go.mod' } } })
    expect(directory).toMatchObject({ from: { source: { kind: 'directory', entries: [{ path: 'b.go' }] } } })
  })

  test('stays in the order of the flags; agents are counted', () => {
    expect(mountsOf('type=ssh', 'target=/a', 'type=ssh')).toMatchObject([
      { target: '/run/buildkit/ssh_agent.0' },
      { target: '/a' },
      { target: '/run/buildkit/ssh_agent.1' },
    ])
  })

  test('names what else the step reads, in that order', () => {
    const text = `${header}RUN --mount=from=tools:1,target=/t --mount=target=/c --mount=type=cache,target=/d,from=other x`
    const planned = planOf(text, { images: { 'tools:1': testImage({}, 'tools') } })
    expect(planned.steps.at(-1)?.inputs).toMatchObject([{ kind: 'image' }, { kind: 'step', id: '0.1' }])
  })

  test('puts the namespace of a build argument before the ids of caches', () => {
    const run = runOf('FROM base\nRUN --mount=type=cache,target=/c x', {
      arguments: { BUILDKIT_CACHE_MOUNT_NS: 'team' },
    })
    expect(run.mounts).toMatchObject([{ id: 'team//c' }])
  })

  test.each([
    ['type=bnd,target=/x', /type .* may be bind, cache, .*"bnd"/, /Did you mean bind/],
    ['type=cache,target=/x,sharing=lockd', /sharing/, /Did you mean locked/],
    ['type=bind,target=/', /other than "\/"/, /target=\/src/],
    ['type=bind,target=/x,mode=755', /type bind takes no mode/, /./],
    ['type=tmpfs,target=/x,required', /takes no required/, /./],
    ['type=cache,target=/x,size=1g', /takes no size/, /./],
    ['type=secret', /needs an id/, /id=token/],
    ['type=secret,id=a,source=b', /id or a source/, /./],
    ['type=secret,id=a,from=other', /takes no from/, /./],
    ['type=secret,id=a,sharing=shared', /takes no sharing/, /./],
    ['type=ssh,source=a', /takes no source/, /./],
    ['type=cache,target=/x,mode=999', /mode .* octal/, /./],
    ['type=cache,target=/x,mode=77777', /mode .* octal/, /./],
    ['type=cache,target=/x,uid=-1', /uid .* number/, /./],
    ['type=tmpfs,target=/x,size=much', /size such as 64m/, /./],
    ['target=/x,rw=perhaps', /true or false/, /./],
    ['target=/x,source=gone', /no "\/gone" in the repository/, /./],
    ['from=1,target=/x', /no stage before this one/, /./],
    ['target=${GONE:?name it}', /name it/, /./],
  ])('%s is refused', (flag, message, hint) => {
    const error = refusalOf(() => mountsOf(flag))
    expect(error.message).toMatch(message)
    expect(error.message).toMatch(/^Dockerfile:6: /)
    expect(error.hint).toMatch(hint)
  })
})

describe('the key of a RUN with mounts', () => {
  const key = (flag: string, given: Record<string, string> = files) =>
    keyOf(planOf(`FROM base\nRUN --mount=${flag} x`, { files: given }))

  test('changes with what is mounted where, and with what the context holds there', () => {
    const keys = [
      key('target=/a'),
      key('target=/b'),
      key('target=/a,rw'),
      key('target=/a,source=src'),
      key('target=/a', { ...files, 'go.mod': '9' }),
      key('type=cache,target=/a'),
      key('type=cache,target=/a,id=b'),
      key('type=secret,id=a'),
      key('type=secret,id=b'),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    expect(key('target=/a,source=src', { ...files, 'go.mod': '9' })).toBe(key('target=/a,source=src'))
  })

  test('does not name the stage or image: what they hold is the executor’s to add', () => {
    const from = (text: string) => keyOf(planOf(text), 1)
    const one = from('FROM base AS a\nRUN one\nFROM base\nRUN --mount=from=a,target=/a x')
    expect(from('FROM base AS b\nRUN two\nFROM base\nRUN --mount=from=b,target=/a x')).not.toBeUndefined()
    expect(one).toMatch(/^[0-9a-f]{64}$/)
  })
})
