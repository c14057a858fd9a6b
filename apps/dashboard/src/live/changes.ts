import { ChangeStream, type Observer } from './change-stream.ts'
import { failureIn, trpc } from './trpc.ts'
import { whileLookedAt } from './while-looked-at.ts'

/** The one of this tab. */
export const changes = new ChangeStream((observer) => {
  let subscription: { unsubscribe: () => void } | undefined
  return whileLookedAt({
    open: () => {
      subscription = subscribe(observer)
    },
    close: () => {
      subscription?.unsubscribe()
      observer.onConnection(false)
    },
  })
})

function subscribe({ onChanges, onConnection, onEnd }: Observer) {
  return trpc.changes.watch.subscribe(undefined, {
    onData: onChanges,
    onConnectionStateChange: ({ state }) => onConnection(state === 'pending'),
    onError: (error) => onEnd(failureIn(error).code === 'API.SIGNED_OUT'),
    onComplete: () => onEnd(false),
  })
}
