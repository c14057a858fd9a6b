'use client'

import { Confirm } from '@berth/ui'
import type { ComponentProps } from 'react'
import { useMutation } from '../live/use-mutation.ts'
import { FailureNotice } from './failure-notice.tsx'

type Words = Pick<ComponentProps<typeof Confirm>, 'title' | 'description' | 'action' | 'keep' | 'name'>

type ConfirmChangeProps<Output> = Words & {
  /** Asks for the change, with what was typed. */
  change: (typed: string) => Promise<Output>
  /** It is made, and the question has gone. */
  onDone: (output: Output) => void
  onClose: () => void
}

/** The last question before a change, and the change: where it is refused, that is said in place. Open as long as it is there. */
export function ConfirmChange<Output>({ change, onDone, onClose, ...words }: ConfirmChangeProps<Output>) {
  const { run, busy, failure } = useMutation(async (typed: string) => ({ output: await change(typed) }))
  return (
    <Confirm
      {...words}
      open
      onOpenChange={(open) => !open && onClose()}
      busy={busy}
      failure={failure && <FailureNotice failure={failure} />}
      onConfirm={async (typed) => {
        const changed = await run(typed)
        if (changed === undefined) return
        onClose()
        onDone(changed.output)
      }}
    />
  )
}
