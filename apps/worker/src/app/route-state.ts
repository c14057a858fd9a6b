import { quantitiesOf, type RestartBook } from '@berth/deploy'
import { web } from '@berth/domain'
import type { Route } from '@berth/route'
import type { KeptApp } from './kept-app.ts'

/** What the front door says where no instance of an app answers. */
export function routeState(
  kept: Pick<KeptApp, 'id' | 'keeping' | 'shielded'>,
  { serves, book }: { serves: boolean; book: RestartBook },
): Route['state'] {
  if (serves) return 'live'
  const subject = kept.keeping?.undertaking.subject
  if (!subject) return kept.shielded.size > 0 ? 'starting' : 'empty'
  const quantities = quantitiesOf(subject.release, kept.keeping?.formation ?? {})
  const quantity = quantities.find(({ type }) => type === web)?.quantity ?? 0
  if (quantity === 0) return 'stopped'
  const crashed = Array.from({ length: quantity }, (_, number) =>
    book.look(kept.id, { type: web, index: number + 1 }),
  )
  return crashed.every((record) => record !== null) ? 'crashed' : 'starting'
}
