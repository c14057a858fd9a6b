'use client'

import type { JobsView, MachineCertificateView } from '@berth/api'
import type { MachineView } from '@berth/observe'
import { Notice, Section } from '@berth/ui'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { Certificates } from './certificates.tsx'
import { DiskUses } from './disk-uses.tsx'
import { Jobs } from './jobs.tsx'
import { Platform } from './platform.tsx'
import { Readings } from './readings.tsx'

/** `machine` null: the worker does not answer. */
export type MachineNow = {
  machine: MachineView | null
  jobs: JobsView
  certificates: MachineCertificateView[]
}

type MachinePageProps = { initial: MachineNow; version: string; canRetry: boolean }

const figuresEveryMs = 5_000
const jobsEveryMs = 3_000

/** What the machine is used for, what it does, and what it is made of. Every value goes on by itself. */
export function MachinePage({ initial, version, canRetry }: MachinePageProps) {
  const readMachine = () => trpc.machine.view.query()
  const every = { app: null, everyMs: figuresEveryMs }
  const { value: machine, lost } = useLive<MachineView | null>(initial.machine, readMachine, every)
  const jobs = useLive(initial.jobs, () => trpc.machine.jobs.query(), { everyMs: jobsEveryMs })
  const certificates = useLive(initial.certificates, () => trpc.machine.certificates.query())
  return (
    <>
      {(lost || machine === null) && (
        <Notice tone="warn" title="New figures do not come at the moment">
          The worker does not answer; it is asked again by itself. Running apps are not affected.
        </Notice>
      )}
      {machine && <Readings machine={machine} />}
      {machine && (
        <Section title="Disk" description={<DiskWords disk={machine.disk} />}>
          <DiskUses disk={machine.disk} />
        </Section>
      )}
      <Jobs jobs={jobs.value} canRetry={canRetry} onRetried={jobs.readNow} />
      <Certificates certificates={certificates.value} />
      {machine && <Platform machine={machine} version={version} />}
    </>
  )
}

function DiskWords({ disk }: { disk: MachineView['disk'] }) {
  return (
    <>
      Under <code className="font-mono text-xs">{disk.path}</code>
    </>
  )
}
