import { AnsiText } from '@berth/ui'

/** What something printed last, as it printed it. `of`: what: `worker.1`. */
export function LastLines({ of, lines }: { of: string; lines: readonly string[] }) {
  return (
    <section
      aria-label={`What ${of} printed last`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      tabIndex={0}
      className="max-h-72 overflow-auto rounded-md border border-line bg-sunken"
    >
      <pre className="px-3.5 py-2.5 text-xs leading-5">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of what is over.
          <code key={index} className="block min-h-5">
            <AnsiText text={line} />
          </code>
        ))}
      </pre>
    </section>
  )
}
