import { classNames } from './class-names.ts'
import { CopyButton } from './copy-button.tsx'

/** Commands to copy: all of them with one press. Long lines scroll. */
export function CodeBlock({
  code,
  label,
  prompt,
  className,
}: {
  code: string
  label: string
  /** Show `$` before each line; it is not copied. */
  prompt?: boolean
  className?: string
}) {
  return (
    <div className={classNames('flex items-start rounded-md border border-line bg-sunken pr-1.5', className)}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className="min-w-0 flex-1 overflow-x-auto" aria-label={label} tabIndex={0}>
        <pre className="px-3.5 py-2.5 text-sm leading-6">
          {code.split('\n').map((line, index) => (
            <code
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a fixed text.
              key={index}
              className={classNames('block', prompt && 'before:mr-2 before:text-faint before:content-["$"]')}
            >
              {line || ' '}
            </code>
          ))}
        </pre>
      </section>
      <CopyButton text={code} label={`Copy: ${label}`} className="mt-1.5" />
    </div>
  )
}

/** One value to copy, in a line of its own; too long a value is cut in the middle of the screen, not in the copy. */
export function CopyField({ value, label, className }: { value: string; label: string; className?: string }) {
  return (
    <div
      className={classNames(
        'flex h-9 min-w-0 items-center rounded-md border border-line bg-sunken pr-1 pl-3',
        className,
      )}
    >
      <code className="min-w-0 flex-1 truncate text-sm" title={value}>
        {value}
      </code>
      <CopyButton text={value} label={`Copy ${label}`} />
    </div>
  )
}
