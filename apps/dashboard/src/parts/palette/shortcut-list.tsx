'use client'

import { Dialog, KeyHint, Switch } from '@berth/ui'
import { useStored, writeStored } from '../../live/stored.ts'
import { listShortcuts, otherShortcuts, shortcuts } from './shortcuts.ts'

type Props = { open: boolean; onOpenChange: (open: boolean) => void }

/** All keys at one look, and the switch that turns off those of a single letter. */
export function ShortcutList({ open, onOpenChange }: Props) {
  const on = useStored('letters', true)
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts" wide>
      <div className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
        <Keys title="Everywhere" rows={otherShortcuts} />
        <Keys title="In a list" rows={listShortcuts} />
        <Keys title="Of a team" rows={shortcuts.filter(({ level }) => level === 'team')} />
        <Keys title="Of an app" rows={shortcuts.filter(({ level }) => level === 'app')} />
      </div>
      <div className="border-t border-line pt-4">
        <Switch
          label="Shortcuts of single letters"
          hint="Turn them off if you speak to your computer or use another program with the same keys. Kept in this browser."
          checked={on}
          onChange={(checked) => writeStored('letters', checked)}
        />
      </div>
    </Dialog>
  )
}

function Keys({ title, rows }: { title: string; rows: readonly { keys: string; title: string }[] }) {
  return (
    <section aria-label={title} className="flex flex-col gap-1">
      <h3 className="text-sm font-medium text-muted">{title}</h3>
      <dl className="flex flex-col divide-y divide-line">
        {rows.map((row) => (
          <div key={row.keys} className="flex min-h-9 items-center justify-between gap-4">
            <dt>{row.title}</dt>
            <dd>
              <KeyHint keys={row.keys} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
