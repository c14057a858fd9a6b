'use client'

import type { Inputs, TargetView, TeamView } from '@berth/api'
import { FormDialog } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { appsOf, isEmpty, ToldFields, type ToldOf } from './told-fields.tsx'

const change = (asked: Inputs['notifications']['change']) => trpc.notifications.change.mutate(asked)

type ChangeTargetProps = {
  team: TeamView
  target: TargetView
  apps: string[]
  onChanged: () => void
  onClose: () => void
}

/** What it is told of; where it goes is a secret, so another place is another notification. */
export function ChangeTarget({ team, target, apps, onChanged, onClose }: ChangeTargetProps) {
  const [told, setTold] = useState<ToldOf>({
    kinds: [...target.noticeKinds],
    apps: target.apps,
    every: target.apps.length === 0,
  })
  const { run, busy, failure } = useMutation(change)
  const submit = async () => {
    const saved = await run({ team: team.id, id: target.id, noticeKinds: told.kinds, apps: appsOf(told) })
    if (saved === undefined) return
    onChanged()
    onClose()
  }
  return (
    <FormDialog
      title={`What ${target.to} is told`}
      action="Save"
      busy={busy}
      disabled={isEmpty(told)}
      failure={failure && <FailureNotice failure={failure} />}
      onSubmit={submit}
      onClose={onClose}
    >
      <ToldFields
        told={told}
        onChange={setTold}
        apps={apps}
        mayTellDisk={team.can.includes('machine.view')}
      />
    </FormDialog>
  )
}
