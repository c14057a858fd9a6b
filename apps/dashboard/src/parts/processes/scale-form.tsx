'use client'

import { Button, NumberField, Slider, saySize } from '@berth/ui'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useMutation } from '../../live/use-mutation.ts'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import { cpuSteps, memorySteps, nearestStep } from './limit-steps.ts'
import type { TypeNow } from './now.ts'
import type { TypeProps } from './process-type.tsx'
import { saveWish } from './save-wish.ts'
import { isSame, type Wish, whatSavingDoes } from './what-saving-does.ts'

const megabyte = 1024 * 1024
const mostInstances = 100
/** A slider's end: more can be typed. */
const usuallyAtMost = 10

/** How many instances, and what each may use: sliders and numbers for the same, and what saving will do. */
export function ScaleForm({ app, type, types, bounds, onOpen, onSaid }: TypeProps) {
  const { value: shown } = useApp()
  const before = wishOf(type)
  const [wish, setWish] = useState(before)
  const { run, busy, failure } = useMutation(saveWish)
  const change = (part: Partial<Wish>) => setWish({ ...wish, ...part })
  const { does, warns } = whatSavingDoes({
    ...{ type: type.process.type, before, wish, stopped: shown.stoppedAt !== null },
    usedBytes: mostUsed(type),
    othersBytes: types.filter((other) => other !== type).reduce((sum, other) => sum + atMost(other), 0),
    machineBytes: bounds.mostMemoryBytes,
  })
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const saved = await run({ app, type: type.process.type, before, wish })
    if (!saved) return
    onSaid(saved)
    onOpen(false)
  }
  const [memories, cpus] = [memorySteps(bounds.mostMemoryBytes), cpuSteps(bounds.mostCpus)]
  const top = Math.max(usuallyAtMost, wish.quantity, before.quantity)
  return (
    <form onSubmit={submit} className="flex flex-col gap-5 border-t border-line bg-canvas px-5 py-5">
      <div className="grid gap-x-8 gap-y-5 md:grid-cols-3">
        <Setting
          name="Instances"
          number={
            <NumberField
              label="Number of instances"
              quiet
              value={wish.quantity}
              min={0}
              max={mostInstances}
              onChange={(quantity) => change({ quantity })}
            />
          }
          slider={
            <Slider
              label="Instances"
              quiet
              value={wish.quantity}
              min={0}
              max={top}
              onChange={(quantity) => change({ quantity })}
            />
          }
          from="0"
          to={String(top)}
        />
        <Setting
          name="Memory of each"
          number={
            <NumberField
              label="Memory of each in MB"
              quiet
              unit="MB"
              value={Math.round(wish.memoryBytes / megabyte)}
              min={Math.ceil(bounds.leastMemoryBytes / megabyte)}
              max={Math.floor(bounds.mostMemoryBytes / megabyte)}
              step={32}
              onChange={(megabytes) => change({ memoryBytes: megabytes * megabyte })}
            />
          }
          slider={
            <Slider
              label="Memory of each"
              quiet
              value={nearestStep(memories, wish.memoryBytes)}
              min={0}
              max={memories.length - 1}
              say={(step) => saySize(memories[step] ?? 0)}
              onChange={(step) => change({ memoryBytes: memories[step] ?? wish.memoryBytes })}
            />
          }
          from={saySize(memories[0] ?? 0)}
          to={`${saySize(memories.at(-1) ?? 0)}, all of this machine`}
        />
        <Setting
          name="CPU of each"
          number={
            <CpuNumber
              value={wish.cpus}
              most={bounds.mostCpus}
              onChange={(given) => change({ cpus: given })}
            />
          }
          slider={
            <Slider
              label="CPU of each"
              quiet
              value={nearestStep(cpus, wish.cpus)}
              min={0}
              max={cpus.length - 1}
              say={(step) => sayCpus(cpus[step] ?? null)}
              onChange={(step) => change({ cpus: cpus[step] ?? null })}
            />
          }
          from={String(cpus[0])}
          to="as much as is free"
        />
      </div>
      {failure && <FailureNotice failure={failure} />}
      <div className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3">
        <div aria-live="polite" className="min-w-0 flex-1 basis-72 text-sm text-muted">
          {does.length === 0 ? 'Nothing is changed yet.' : does.join(' ')}
          {warns.map((warning) => (
            <p key={warning} className="text-warn">
              {warning}
            </p>
          ))}
        </div>
        <div className="flex gap-2">
          <Button onClick={() => onOpen(false)}>Cancel</Button>
          <Button type="submit" look="primary" busy={busy} disabled={isSame(before, wish)}>
            Save
          </Button>
        </div>
      </div>
    </form>
  )
}

function CpuNumber(props: { value: number | null; most: number; onChange: (value: number | null) => void }) {
  const { value, most, onChange } = props
  if (value === null) {
    return (
      <Button className="w-full" onClick={() => onChange(1)}>
        As much as is free
      </Button>
    )
  }
  return (
    <NumberField
      label="CPUs of each"
      quiet
      value={value}
      min={0.05}
      max={most}
      step={0.05}
      onChange={onChange}
    />
  )
}

type SettingProps = { name: string; number: ReactNode; slider: ReactNode; from: string; to: string }

function Setting({ name, number, slider, from, to }: SettingProps) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <span aria-hidden="true" className="text-sm font-medium">
        {name}
      </span>
      {number}
      <div>
        {slider}
        <div aria-hidden="true" className="flex justify-between gap-3 text-xs text-muted">
          <span>{from}</span>
          <span>{to}</span>
        </div>
      </div>
    </div>
  )
}

function wishOf({ process, limits }: TypeNow): Wish {
  return { quantity: process.quantity, memoryBytes: limits.memoryBytes, cpus: limits.cpus }
}

function atMost({ process, limits }: TypeNow): number {
  return process.quantity * limits.memoryBytes
}

function mostUsed({ instances }: TypeNow): number | null {
  const used = instances.flatMap(({ memoryBytes }) => memoryBytes ?? [])
  return used.length === 0 ? null : Math.max(...used)
}

function sayCpus(cpus: number | null): string {
  return cpus === null ? 'as much as is free' : String(cpus)
}
