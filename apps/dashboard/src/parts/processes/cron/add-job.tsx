'use client'

import { Dialog, DialogForm, Field, NumberField, type SaidText, SelectField } from '@berth/ui'
import { useState } from 'react'
import { trpc } from '../../../live/trpc.ts'
import { useMutation } from '../../../live/use-mutation.ts'
import { FailureNotice } from '../../failure-notice.tsx'
import { NextRun } from './next-run.tsx'
import { saySchedule } from './say-schedule.ts'
import { useSchedule } from './use-schedule.ts'

type Given = { schedule: string; command: string; name: string; overlap: Overlap; minutes: number }
type Overlap = 'skip' | 'allow' | 'replace'

const overlaps: { value: Overlap; words: string }[] = [
  { value: 'skip', words: 'Skip it while the run before is not over' },
  { value: 'allow', words: 'Run both side by side' },
  { value: 'replace', words: 'End the run before' },
]

const empty: Given = { schedule: '30 2 * * *', command: '', name: '', overlap: 'skip', minutes: 60 }
const minuteMs = 60_000

type AddProps = {
  app: string
  open: boolean
  onOpenChange: (open: boolean) => void
  onSaid: (said: SaidText) => void
}

export function AddJob({ app, open, onOpenChange, onSaid }: AddProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Add a job"
      description="A command that runs on a schedule, in an instance of its own."
    >
      <JobForm app={app} onCancel={() => onOpenChange(false)} onSaid={onSaid} />
    </Dialog>
  )
}

const add = ({ app, schedule, command, name, overlap, minutes }: Given & { app: string }) =>
  trpc.cron.add.mutate({
    ...{ app, schedule, overlap, command: [command.trim()], timeoutMs: minutes * minuteMs },
    ...(name.trim() === '' ? {} : { name: name.trim() }),
  })

type FormProps = { app: string; onCancel: () => void; onSaid: (said: SaidText) => void }

function JobForm({ app, onCancel, onSaid }: FormProps) {
  const [given, setGiven] = useState(empty)
  const change = (part: Partial<Given>) => setGiven({ ...given, ...part })
  const { run, busy, failure } = useMutation(add)
  const submit = async () => {
    const job = await run({ app, ...given })
    if (!job) return
    onCancel()
    onSaid({ title: `${job.name} was added.` })
  }
  return (
    <DialogForm
      action="Add the job"
      busy={busy}
      failure={failure && <FailureNotice failure={failure} />}
      onSubmit={submit}
      onCancel={onCancel}
    >
      <ScheduleField app={app} value={given.schedule} onChange={(schedule) => change({ schedule })} />
      <Field
        label="Command"
        mono
        required
        maxLength={8_000}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        placeholder="bin/report --yesterday"
        hint="As in a Procfile: variables of the configuration and && are understood."
        value={given.command}
        onChange={(event) => change({ command: event.target.value })}
      />
      <Field
        label="Name"
        maxLength={40}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        placeholder="made from the command, unless you give one"
        value={given.name}
        onChange={(event) => change({ name: event.target.value })}
      />
      <div className="grid gap-4 sm:grid-cols-[1fr_9rem]">
        <SelectField
          label="When it is due while it still runs"
          value={given.overlap}
          options={overlaps}
          onChange={(overlap) => change({ overlap: overlap as Overlap })}
        />
        <NumberField
          label="Time limit"
          unit="min"
          min={1}
          max={1440}
          step={5}
          value={given.minutes}
          onChange={(minutes) => change({ minutes })}
        />
      </div>
    </DialogForm>
  )
}

type ScheduleProps = { app: string; value: string; onChange: (value: string) => void }

/** What was typed, said back in words, and when it would be due: a mistake is seen before it is saved. */
function ScheduleField({ app, value, onChange }: ScheduleProps) {
  const { problem, nextAt } = useSchedule(app, value)
  const words = saySchedule(value)
  return (
    <Field
      label="Schedule"
      mono
      required
      autoFocus
      maxLength={200}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={problem}
      hint={
        <>
          {words ? (
            <span className="block first-letter:uppercase">{words} UTC.</span>
          ) : (
            'Minute, hour, day, month, weekday, in UTC. '
          )}
          {nextAt !== null && (
            <>
              Next <NextRun at={nextAt} />.
            </>
          )}
        </>
      }
    />
  )
}
