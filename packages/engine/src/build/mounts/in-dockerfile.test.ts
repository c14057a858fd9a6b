import { readdir } from 'node:fs/promises'
import { Secret } from '@berth/command'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BuildHome, dockerfile, makeBuildHome, refusal } from '../../testing/build-home.ts'

/** As people write them: from the Dockerfile to the step. */
let at: BuildHome

beforeAll(async () => {
  at = await makeBuildHome()
})
afterAll(() => at.remove())

test('a step sees the context, a stage, a cache and a secret, and its image keeps none of them', async () => {
  const files = {
    'src/main.c': 'source',
    Dockerfile: dockerfile(
      'FROM busybox AS tools',
      'RUN echo "#!/bin/sh" > /tool && echo "cat src/main.c" >> /tool && chmod +x /tool',
      'FROM busybox',
      'WORKDIR /work',
      'RUN --mount=target=. --mount=from=tools,source=/tool,target=/usr/local/bin/tool \\',
      '    --mount=type=cache,target=/root/.cache --mount=type=secret,id=token,env=TOKEN \\',
      '    tool; echo " $TOKEN"; date +%N >> /root/.cache/runs; wc -l < /root/.cache/runs; echo out > /out',
    ),
  }
  const secrets = { token: new Secret('geheim') }
  const first = await at.build(files, { secrets })
  expect(first.lines).toEqual(['source geheim', '1'])
  const second = await at.build(files, { secrets, noCache: true })
  expect(second.lines).toEqual(['source geheim', '2'])
  const kept = await at.inside(first.image, (root) => readdir(`${root}/work`))
  expect(kept).toEqual([])
  expect(await at.inside(first.image, (root) => readdir(root))).not.toContain('root')
  expect((await at.build(files)).steps.every((step) => step.endsWith('cached'))).toBe(true)
})

test('a changed file that a mount shows does the step again, another one does not', async () => {
  const text = dockerfile('FROM busybox', 'RUN --mount=source=used,target=/used cat /used; echo')
  await at.build({ Dockerfile: text, used: '1', other: '1' })
  expect((await at.build({ Dockerfile: text, used: '1', other: '2' })).lines).toEqual([])
  expect((await at.build({ Dockerfile: text, used: '2', other: '2' })).lines).toEqual(['2'])
})

test('stages that share a cache meet in it, side by side', async () => {
  const meet = (name: string, other: string) =>
    `RUN --mount=type=cache,target=/c touch /c/${name}; for i in $(seq 100); do [ -e /c/${other} ] && break; sleep 0.1; done; [ -e /c/${other} ] && touch /${name}`
  const { steps } = await at.build({
    Dockerfile: dockerfile(
      ...['FROM busybox AS a', meet('a', 'b'), 'FROM busybox AS b', meet('b', 'a')],
      ...['FROM scratch', 'COPY --from=a /a /', 'COPY --from=b /b /'],
    ),
  })
  expect(steps.filter((step) => step.endsWith('done'))).toHaveLength(4)
})

test('a mount over what the kernel has, and one that is missing, are told with their line', async () => {
  const broken = (flag: string) =>
    refusal(at.build({ Dockerfile: dockerfile('FROM busybox', `RUN ${flag} true`) }))
  expect(await broken('--mount=type=tmpfs,target=/proc/x')).toMatchObject({ code: 'BUILD.CANNOT_RUN' })
  const secret = await broken('--mount=type=secret,id=npm,required')
  expect(secret).toMatchObject({ code: 'BUILD.SECRET_MISSING' })
  expect(secret.message).toMatch(/^Dockerfile:2: .*\n\n {2}1 \| FROM busybox\n> 2 \| RUN/)
})
