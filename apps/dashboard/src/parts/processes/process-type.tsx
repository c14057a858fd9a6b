'use client'

import type { DeathView, MachineBounds } from '@berth/api'
import { Button, Card, type SaidText, StateMark, saySize } from '@berth/ui'
import { useId } from 'react'
import { useApp } from '../app-frame.tsx'
import { Fact } from '../fact.tsx'
import { InstanceTable } from './instance-table.tsx'
import type { TypeNow } from './now.ts'
import { RestartButton } from './restart-button.tsx'
import { sayCheck, sayNoChecks } from './say-check.ts'
import { ScaleForm } from './scale-form.tsx'

export type TypeProps = {
  app: string
  type: TypeNow
  /** All of the app's: together they share the machine. */
  types: TypeNow[]
  bounds: MachineBounds
  deaths: DeathView[]
  /** False: what runs cannot be said. */
  isKnown: boolean
  isOpen: boolean
  onOpen: (open: boolean) => void
  onDeath: (id: string) => void
  onSaid: (said: SaidText) => void
}

/** A process type: its command, what it may use, how it is found healthy, its instances, and the way to change it. */
export function ProcessType(props: TypeProps) {
  const { app, type, isKnown, isOpen, onOpen, onSaid } = props
  const { process, instances } = type
  const { value: shown } = useApp()
  const panelId = useId()
  const mayScale = shown.can.includes('app.scale')
  return (
    <section aria-label={process.type}>
      <Card>
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 px-5 py-4">
          <div className="flex min-w-0 flex-1 basis-80 flex-col gap-1.5">
            <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
              <h2 className="font-mono text-lg font-semibold">{process.type}</h2>
              {isKnown && <Running type={type} isStopped={shown.stoppedAt !== null} />}
            </div>
            <Command command={process.command} />
          </div>
          <div className="flex items-center gap-2">
            {instances.length > 0 && shown.can.includes('app.restart') && (
              <RestartButton app={app} what={process.type} onSaid={onSaid}>
                Restart
              </RestartButton>
            )}
            {mayScale && (
              <Button
                size="small"
                aria-expanded={isOpen}
                aria-controls={panelId}
                onClick={() => onOpen(!isOpen)}
              >
                Scale and limits
              </Button>
            )}
          </div>
        </div>
        <Facts {...type} />
        {mayScale && isOpen && (
          <div id={panelId}>
            <ScaleForm {...props} />
          </div>
        )}
        {instances.length > 0 && <InstanceTable {...props} />}
        {instances.length === 0 && isKnown && (
          <p className="border-t border-line px-5 py-3.5 text-muted">
            {process.quantity === 0
              ? 'Scaled to none: no instance runs.'
              : shown.stoppedAt === null
                ? 'No instance runs yet.'
                : 'No instance runs: the app is stopped.'}
          </p>
        )}
      </Card>
    </section>
  )
}

function Command({ command }: { command: string | null }) {
  if (command === null) return <p className="text-sm text-muted">The image’s own command</p>
  return <code className="text-sm break-words text-muted">{command}</code>
}

function Running({ type, isStopped }: { type: TypeNow; isStopped: boolean }) {
  const { quantity } = type.process
  const running = type.instances.filter(({ state }) => state === 'running').length
  if (quantity === 0 || isStopped) return <StateMark shape="square" tone="grey" word="None runs" quietWord />
  const word = `${running} of ${quantity} running`
  if (running >= quantity) return <StateMark shape="circle" tone="good" word={word} quietWord />
  const crashed = type.instances.some(({ state }) => state === 'crashed')
  return crashed ? (
    <StateMark shape="triangle" tone="bad" word={word} />
  ) : (
    <StateMark shape="half" tone="warn" word={word} />
  )
}

function Facts({ process, limits }: TypeNow) {
  const checks = process.healthchecks
  return (
    <dl className="flex flex-wrap gap-x-10 gap-y-2 px-5 pb-4 text-sm">
      <Fact name="Memory of each">
        {saySize(limits.memoryBytes)}
        {limits.isDefault && <span className="text-muted"> (the default)</span>}
      </Fact>
      <Fact name="CPU of each">{limits.cpus === null ? 'as much as is free' : limits.cpus}</Fact>
      <Fact name="Checks">
        {checks.length === 0 ? (
          <span className="text-muted">{sayNoChecks(process.type)}</span>
        ) : (
          <ul>
            {checks.map((check) => (
              <li key={JSON.stringify(check)} className="break-words">
                {sayCheck(check)}
              </li>
            ))}
          </ul>
        )}
      </Fact>
    </dl>
  )
}
