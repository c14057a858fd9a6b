import { CodeBlock, Disclosure, TerminalIcon } from '@berth/ui'

/** The same thing as a command, folded away. */
export function AsCommand({ commands }: { commands: string[] }) {
  return (
    <Disclosure
      summary={
        <span className="inline-flex items-center gap-1.5">
          <TerminalIcon className="size-3.5" />
          The same as a command
        </span>
      }
    >
      <CodeBlock code={commands.join('\n')} label="Commands" prompt className="max-w-xl" />
    </Disclosure>
  )
}
