import { classNames } from './class-names.ts'

/** A thin bar: how much of a limit is used. From 90 % on it warns. */
export function Meter({ label, fraction }: { label: string; fraction: number }) {
  const percent = Math.min(100, Math.max(0, Math.round(fraction * 100)))
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <meter> cannot be drawn the same in every browser.
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className="h-1 overflow-hidden rounded-full bg-line"
    >
      <div
        className={classNames(
          'h-full rounded-full transition-[width]',
          percent >= 90 ? 'bg-warn' : 'bg-accent',
        )}
        style={{ width: `${percent}%` }}
      />
    </div>
  )
}
