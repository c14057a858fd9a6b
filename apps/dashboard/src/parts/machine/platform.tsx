import type { MachineView } from '@berth/observe'
import { Card, Cell, RelativeTime, Row, Section, saySize, Table } from '@berth/ui'
import { Fact } from '../fact.tsx'
import { sayPercent } from './readings.tsx'

/** What Berth itself is made of: its processes, and what it stands on. */
export function Platform({
  machine: { processes, versions },
  version,
}: {
  machine: MachineView
  version: string
}) {
  const memory = processes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  return (
    <Section
      title="Platform"
      description={processes.length > 0 ? `Berth itself takes ${saySize(memory)} of memory.` : undefined}
    >
      {processes.length > 0 && (
        <Table
          label="Processes of the platform"
          head={[
            'Process',
            { title: 'Memory', isNumber: true },
            { title: 'CPU', isNumber: true },
            { title: 'PID', isNumber: true },
            'Started',
          ]}
        >
          {processes.map((process) => (
            <Row key={process.pid}>
              <Cell wide className="font-medium">
                {process.name}
              </Cell>
              <Cell isNumber>{saySize(process.memoryBytes)}</Cell>
              <Cell isNumber className="text-muted">
                {process.cpuFraction === null ? '–' : sayFew(process.cpuFraction)}
              </Cell>
              <Cell isNumber className="text-muted max-sm:sr-only">
                {process.pid}
              </Cell>
              <Cell className="text-muted">
                <RelativeTime at={process.startedAt} />
              </Cell>
            </Row>
          ))}
        </Table>
      )}
      <Card className="px-5 py-4">
        <dl
          aria-label="Versions"
          className="grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-x-8 gap-y-3"
        >
          {[{ name: 'Berth', version }, ...versions].map(({ name, version: found }) => (
            <Fact key={name} name={name}>
              <span className="font-mono text-sm break-all">{found ?? 'not known'}</span>
            </Fact>
          ))}
        </dl>
      </Card>
    </Section>
  )
}

/** Of one core; what is less than one in a hundred counts too. */
function sayFew(fraction: number): string {
  return fraction < 0.095 ? `${(fraction * 100).toFixed(1)} %` : sayPercent(fraction)
}
