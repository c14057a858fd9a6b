import type { MachineView } from '@berth/observe'
import { Card, RelativeTime, StackedBar } from '@berth/ui'
import { diskParts } from './disk-parts.ts'

export function DiskUses({ disk }: { disk: MachineView['disk'] }) {
  const unknown = disk.uses.some(({ bytes }) => bytes === null)
  return (
    <Card className="flex flex-col gap-4 px-5 py-4">
      <StackedBar label="Disk by use" parts={diskParts(disk)} whole={disk.totalBytes} />
      <p className="text-sm text-muted">
        Counted <RelativeTime at={disk.countedAt} />
        {unknown && '. What shows – takes too long to count, or cannot be counted here'}.
      </p>
    </Card>
  )
}
