import type { InstanceView } from '@berth/observe'
import { expect, test } from 'vitest'
import { untilSeen } from './until-instances.ts'

const instance = (name: string, state: InstanceView['state']) => ({ name, state }) as InstanceView
const wanted = {
  ...{ app: 'shop', what: 'Scaling', quiet: true },
  isSo: (instances: readonly InstanceView[]) => instances.every(({ state }) => state === 'running'),
  concerns: ({ name }: InstanceView) => name.startsWith('web.'),
}
const times = { lookEveryMs: 1, patienceMs: 50 }

/** Each look sees the next; the last one stays. */
function seeing(...looks: (InstanceView[] | null)[]) {
  let at = 0
  return async () => looks[Math.min(at++, looks.length - 1)] ?? null
}

test('it is waited until they are so, also while nobody can say', async () => {
  const [starting, running] = [instance('web.1', 'starting'), instance('web.1', 'running')]
  await untilSeen(seeing([starting], null, [running]), wanted, times)
})

test('one that ends again and again ends the wait', async () => {
  const crashing = seeing([instance('web.1', 'starting')], [instance('web.1', 'crashed')])
  await expect(untilSeen(crashing, wanted, times)).rejects.toMatchObject({
    code: 'CLI.INSTANCE_CRASHES',
    message: 'web.1 ends again and again.',
  })
})

test('others’ crashes are not waited for, and the wait has an end', async () => {
  const look = seeing([instance('web.1', 'starting'), instance('worker.1', 'crashed')])
  await expect(untilSeen(look, wanted, times)).rejects.toMatchObject({ code: 'CLI.NOT_IN_TIME' })
})
