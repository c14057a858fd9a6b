import type { DeathView } from '@berth/api'
import { Button, Item, ItemList, RelativeTime, Section } from '@berth/ui'
import { sayCause } from '../crashes/crash-advice.ts'

type CrashesProps = {
  deaths: readonly DeathView[]
  onOpen: (id: string) => void
  /** Shows the log of that moment. */
  onShow: (at: string) => void
}

const shown = 3

/** Ends that nobody asked for: their log is above, what else is known of them is a press away. */
export function Crashes({ deaths, onOpen, onShow }: CrashesProps) {
  if (deaths.length === 0) return null
  return (
    <Section title="Recent crashes">
      <ItemList label="Recent crashes">
        {deaths.slice(0, shown).map((death) => (
          <Item
            key={death.id}
            stacks
            title={death.instance}
            mark={<span>{sayCause(death)}</span>}
            action={
              <>
                <Button size="small" look="quiet" onClick={() => onShow(before(death.endedAt))}>
                  Show in the log
                </Button>
                <Button size="small" onClick={() => onOpen(death.id)}>
                  Post-mortem
                </Button>
              </>
            }
          >
            <span>
              <RelativeTime at={death.endedAt} />, v{death.releaseVersion}
            </span>
          </Item>
        ))}
      </ItemList>
    </Section>
  )
}

/** What led to it is worth seeing as well. */
function before(at: string): string {
  return new Date(Date.parse(at) - 2_000).toISOString()
}
