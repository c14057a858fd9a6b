import type { DeliveryView } from '@berth/api'
import { Cell, type MarkShape, RelativeTime, Row, Section, StateMark, Table, type Tone } from '@berth/ui'

type Mark = { shape: MarkShape; tone: Tone; word: string }

const marks: Record<DeliveryView['state'], Mark> = {
  queued: { shape: 'ring', tone: 'accent', word: 'On its way' },
  delivered: { shape: 'check', tone: 'good', word: 'Delivered' },
  failed: { shape: 'triangle', tone: 'bad', word: 'Failed' },
  'left-out': { shape: 'dash', tone: 'grey', word: 'Left out' },
}

/** What was sent lately, and what the other side said to it. */
export function Deliveries({ deliveries }: { deliveries: DeliveryView[] }) {
  if (deliveries.length === 0) return null
  return (
    <Section title="Sent lately" description="What is not taken is sent again, for about 20 minutes.">
      <Table label="Sent lately" head={['What', 'To', 'Outcome', 'When']}>
        {deliveries.map((delivery) => (
          <DeliveryRow key={delivery.id} {...delivery} />
        ))}
      </Table>
    </Section>
  )
}

function DeliveryRow({ title, to, state, attempts, answer, createdAt }: DeliveryView) {
  return (
    <Row>
      <Cell wide className="sm:w-[42%]">
        {title}
      </Cell>
      <Cell className="text-muted max-sm:text-sm">{to || 'a place that is gone'}</Cell>
      <Cell className="max-sm:text-sm">
        <StateMark {...marks[state]} quietWord={state !== 'failed'} />
        {answer !== null && (
          <div className="text-sm break-words text-muted">
            {answer}
            {attempts > 1 && ` · ${attempts} tries`}
          </div>
        )}
      </Cell>
      <Cell className="text-muted max-sm:text-sm">
        <RelativeTime at={createdAt} />
      </Cell>
    </Row>
  )
}
