'use client'

import { Button, type SaidText, TerminalIcon } from '@berth/ui'
import Link from 'next/link'
import { useApp } from '../app-frame.tsx'
import { RestartButton } from './restart-button.tsx'

/** What can be done with the whole app, and the way to a terminal. */
export function RestartApp({ app, onSaid }: { app: string; onSaid: (said: SaidText) => void }) {
  const { value: shown } = useApp()
  return (
    <div className="flex items-center gap-2">
      {shown.can.includes('app.console') && (
        <Button asChild size="small">
          <Link href={`/apps/${app}/console?in=run`}>
            <TerminalIcon className="size-3.5" />
            Run a command
          </Link>
        </Button>
      )}
      {shown.can.includes('app.restart') && shown.stoppedAt === null && (
        <RestartButton app={app} what={null} onSaid={onSaid}>
          Restart all
        </RestartButton>
      )}
    </div>
  )
}
