import { Button, Notice } from '@berth/ui'
import type { SessionEnd } from '../../live/terminal-session.ts'

/** How it ended, over the last lines, and the way to begin again. */
export function SessionOver({ end, onAgain }: { end: SessionEnd; onAgain: () => void }) {
  const { tone, title, more } = said(end)
  return (
    <div className="absolute inset-x-3 bottom-3 z-20 rounded-md bg-surface">
      <Notice tone={tone} title={title}>
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
          <span className="min-w-0">{more}</span>
          <Button size="small" onClick={onAgain}>
            Open again
          </Button>
        </div>
      </Notice>
    </div>
  )
}

function said(end: SessionEnd): { tone: 'good' | 'warn' | 'bad'; title: string; more: string } {
  if (end.kind === 'failed') return { tone: 'bad', title: end.failure.message, more: end.failure.hint }
  if (end.kind === 'lost')
    return {
      tone: 'warn',
      title: 'The connection was lost.',
      more: 'What ran in this terminal was ended with it.',
    }
  const { code, signal } = end.exit
  if (signal !== null) return { tone: 'warn', title: `Ended by ${signal}.`, more: `Exit status ${code}.` }
  if (code !== 0) return { tone: 'warn', title: `Exit status ${code}.`, more: 'It ended by itself.' }
  return { tone: 'good', title: 'Exit status 0.', more: 'It ended by itself.' }
}
