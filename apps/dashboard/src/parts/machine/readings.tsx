import type { MachineView } from '@berth/observe'
import { Card, Meter, RelativeTime, Sparkline, saySize } from '@berth/ui'
import type { ReactNode } from 'react'

/** The four figures that say whether the machine is well. */
export function Readings({ machine }: { machine: MachineView }) {
  const { cpus, cpuFraction, load, memory, disk, containers, lastHour, upSince } = machine
  const memoryFractions = lastHour.memoryBytes.map((bytes) => bytes && bytes / memory.totalBytes)
  return (
    <div className="grid grid-cols-[repeat(auto-fit,minmax(14rem,1fr))] gap-3">
      <Reading
        name="CPU"
        value={cpuFraction === null ? '–' : sayPercent(cpuFraction)}
        of={`of ${cpus} ${cpus === 1 ? 'core' : 'cores'}`}
        fraction={cpuFraction ?? 0}
        line={lastHour.cpu}
      >
        Load {load.map((each) => each.toFixed(2)).join(' · ')}
      </Reading>
      <Reading
        name="Memory"
        value={saySize(memory.usedBytes)}
        of={`of ${saySize(memory.totalBytes)}`}
        fraction={memory.usedBytes / memory.totalBytes}
        line={memoryFractions}
      >
        {saySize(memory.totalBytes - memory.usedBytes)} free
      </Reading>
      <Reading
        name="Disk"
        value={saySize(disk.usedBytes)}
        of={`of ${saySize(disk.totalBytes)}`}
        fraction={disk.usedFraction}
      >
        {saySize(disk.freeBytes)} free
      </Reading>
      <Reading name="Containers" value={String(containers.running)} of={`of ${containers.all} running`}>
        Up since <RelativeTime at={upSince} />
      </Reading>
    </div>
  )
}

type ReadingProps = {
  name: string
  value: string
  of: string
  fraction?: number
  /** Of the last hour, as parts of the whole. */
  line?: readonly (number | null)[]
  children: ReactNode
}

function Reading({ name, value, of, fraction, line, children }: ReadingProps) {
  return (
    <Card className="flex min-h-32 flex-col gap-2.5 px-4 py-3.5">
      <div className="flex items-start justify-between gap-3">
        <h2 className="text-sm text-muted">{name}</h2>
        {line && <Sparkline label={`${name} in the last hour`} values={line} max={1} className="h-5 w-20" />}
      </div>
      <p className="flex items-baseline gap-1.5 tabular-nums">
        <span className="text-xl font-semibold tracking-tight">{value}</span>
        <span className="text-sm text-muted">{of}</span>
      </p>
      {fraction !== undefined && <Meter label={name} fraction={fraction} />}
      <p className="mt-auto text-sm text-muted tabular-nums">{children}</p>
    </Card>
  )
}

export function sayPercent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`
}
