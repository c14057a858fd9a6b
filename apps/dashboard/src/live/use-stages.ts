'use client'

import { LogLines } from '@berth/ui'
import { useEffect, useRef, useState } from 'react'
import { addEvents, emptyModel, type StageModel } from './stage-model.ts'
import { trpc } from './trpc.ts'
import { whileLookedAt } from './while-looked-at.ts'

export type Stages = {
  model: StageModel
  lines: LogLines
  /** Streaming, waiting for the connection to come back, or at the end. */
  connection: 'open' | 'lost' | 'ended'
}

const retryMs = 2000
/** A stage keeps 200,000 lines; two of them are rarely that long. */
const mostLines = 250_000

/** Follows a stage to its end, and then the stage that came of it. The ids are looked at once, when it begins. */
export function useStages(firstId: string, secondId: string | null): Stages {
  const [lines] = useState(() => new LogLines(mostLines))
  const [model, setModel] = useState<StageModel>(emptyModel)
  const [connection, setConnection] = useState<Stages['connection']>('open')
  const second = useRef(secondId)
  second.current = secondId

  useEffect(() => {
    const following = follow({
      firstId,
      nextOf: (id, told) => told ?? (id === firstId ? second.current : null),
      onConnection: setConnection,
      onModel: atMostOnceAFrame(setModel),
      lines,
    })
    return () => {
      following.stop()
      lines.clear()
    }
  }, [firstId, lines])

  return { model, lines, connection }
}

type Following = {
  firstId: string
  nextOf: (id: string, told: string | null) => string | null
  onConnection: (connection: Stages['connection']) => void
  onModel: (model: StageModel) => void
  lines: LogLines
}

function follow({ firstId, nextOf, onConnection, onModel, lines }: Following): { stop: () => void } {
  let model = emptyModel
  let closed = false
  let finished = false
  let here = { id: firstId, after: 0 }
  let subscription: { unsubscribe: () => void } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const open = (id: string, after: number) => {
    let number = after
    let over = false
    here = { id, after }
    subscription = trpc.stages.events.subscribe(
      { id, after },
      {
        onStarted: () => onConnection('open'),
        onData: ({ data }) => {
          const fresh = data.events.slice(Math.max(0, number - data.from))
          number = Math.max(number, data.from + data.events.length)
          here = { id, after: number }
          const added = addEvents(model, id, fresh)
          model = added.model
          lines.append(added.lines)
          onModel(model)
          const end = fresh.find((event) => event.kind === 'ended')
          if (!end) return
          over = true
          subscription?.unsubscribe()
          const next = end.outcome === 'succeeded' ? nextOf(id, end.next) : null
          if (next && next !== id) open(next, 0)
          else {
            finished = true
            onConnection('ended')
          }
        },
        onError: () => again(id, number),
        onComplete: () => {
          if (!over) again(id, number)
        },
      },
    )
  }
  const again = (id: string, after: number) => {
    if (closed) return
    onConnection('lost')
    clearTimeout(timer)
    timer = setTimeout(() => open(id, after), retryMs)
  }

  const stop = whileLookedAt({
    open: () => {
      closed = false
      if (!finished) open(here.id, here.after)
    },
    close: () => {
      closed = true
      clearTimeout(timer)
      subscription?.unsubscribe()
    },
  })
  return { stop }
}

/** A burst of events is drawn once. A hidden page has no frames: there it is drawn when somebody looks again. */
function atMostOnceAFrame<Value>(tell: (value: Value) => void): (value: Value) => void {
  let latest: { value: Value } | null = null
  return (value) => {
    if (latest === null)
      requestAnimationFrame(() => {
        if (latest) tell(latest.value)
        latest = null
      })
    latest = { value }
  }
}
