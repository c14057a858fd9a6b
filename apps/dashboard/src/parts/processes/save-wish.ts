import type { SaidText } from '@berth/ui'
import { trpc } from '../../live/trpc.ts'
import { changesLimits, type Wish } from './what-saving-does.ts'

type Saving = { app: string; type: string; before: Wish; wish: Wish }

/** The quantity first: it can be had at once, and where the limits are refused, it is said which of the two was. */
export async function saveWish({ app, type, before, wish }: Saving): Promise<SaidText> {
  if (wish.quantity !== before.quantity)
    await trpc.processes.scale.mutate({ app, quantities: { [type]: wish.quantity } })
  if (!changesLimits(before, wish))
    return { title: `${type} goes from ${before.quantity} to ${wish.quantity}.` }
  const { memoryBytes, cpus } = wish
  const { begun } = await trpc.limits.set.mutate({
    ...{ app, type },
    ...(memoryBytes === before.memoryBytes ? {} : { memoryBytes }),
    ...(cpus === before.cpus ? {} : { cpus }),
  })
  if (begun === null) return { title: `The limits of ${type} are kept for the next release.` }
  return { title: `v${begun.version} is being deployed with the limits of ${type}.` }
}
