import type { ReactNode, RefObject } from 'react'
import { Button } from '../button.tsx'
import { CopyButton } from '../copy-button.tsx'
import { CloseIcon, DownloadIcon, FoldIcon, LinkIcon, PauseIcon, WrapIcon } from '../icons.tsx'
import { sayCount, sayNumber } from '../say.ts'
import { BarButton } from './bar-button.tsx'
import type { LogLine } from './log-lines.ts'
import { LogSearch } from './log-search.tsx'
import { linesAsText, saveText } from './save-lines.ts'
import { addressOf } from './use-line-link.ts'
import type { LogModel } from './use-log-model.ts'

type LogBarProps = {
  model: LogModel
  live: boolean
  controls: ReactNode
  fileName: string | undefined
  onDownload: (() => void) | undefined
  field: RefObject<HTMLInputElement | null>
  onLeaveSearch: () => void
}

/** What can be done with a log, above it. */
export function LogBar({ model, live, controls, fileName, field, ...rest }: LogBarProps) {
  const { search, rows, all, folding, link, isWrapped } = model
  return (
    <div className="flex flex-wrap items-center gap-x-1 gap-y-1 border-b border-line px-2 py-1.5">
      {controls}
      <LogSearch
        field={field}
        text={search.text}
        onText={search.onText}
        steps={search.steps}
        onStep={search.onStep}
        onLeave={rest.onLeaveSearch}
      />
      <span className="min-w-24 px-1 text-right text-xs whitespace-nowrap text-muted tabular-nums max-sm:hidden">
        {search.isFiltering ? sayCount(rows.length, 'match', 'matches') : sayCount(all.length, 'line')}
      </span>
      {link.line !== null && <LinkedLine line={link.line} onClear={() => link.onLine(null)} />}
      {live && search.steps === null && <Pause model={model} />}
      <span className="ml-auto flex items-center">
        {folding !== null && (
          <BarButton
            label={folding.isAllFolded ? 'Unfold all steps' : 'Fold all steps'}
            onClick={folding.toggleAll}
            pressed={folding.isAllFolded}
          >
            <FoldIcon className="size-4" />
          </BarButton>
        )}
        <BarButton label="Wrap long lines" onClick={model.toggleWrap} pressed={isWrapped}>
          <WrapIcon className="size-4" />
        </BarButton>
        {rest.onDownload ? (
          <DownloadButton onClick={rest.onDownload} disabled={all.length === 0} />
        ) : (
          fileName !== undefined && <Download lines={all} fileName={fileName} />
        )}
        <CopyButton label="Copy the log" text={() => linesAsText(rows)} />
      </span>
    </div>
  )
}

function Download({ lines, fileName }: { lines: readonly LogLine[]; fileName: string }) {
  return (
    <DownloadButton onClick={() => saveText(linesAsText(lines), fileName)} disabled={lines.length === 0} />
  )
}

function DownloadButton({ onClick, disabled }: { onClick: () => void; disabled: boolean }) {
  return (
    <BarButton label="Download the log" onClick={onClick} disabled={disabled}>
      <DownloadIcon className="size-4" />
    </BarButton>
  )
}

function LinkedLine({ line, onClear }: { line: number; onClear: () => void }) {
  return (
    <span className="inline-flex items-center rounded-sm bg-accent-soft pl-2 text-xs whitespace-nowrap text-accent">
      <LinkIcon className="mr-1.5 size-3.5" />
      <span>Line {sayNumber(line)}</span>
      <CopyButton
        label={`Copy the link to line ${line}`}
        text={() => location.origin + addressOf(location, line)}
      />
      <BarButton label="No line" onClick={onClear}>
        <CloseIcon className="size-3.5" />
      </BarButton>
    </span>
  )
}

function Pause({ model: { pause } }: { model: LogModel }) {
  const fresh = pause.fresh > 0 ? ` (${sayNumber(pause.fresh)} new)` : ''
  return (
    <Button look="quiet" size="small" aria-pressed={pause.isPaused} onClick={pause.onToggle}>
      <PauseIcon className="size-3.5" />
      {pause.isPaused ? `Resume${fresh}` : 'Pause'}
    </Button>
  )
}
