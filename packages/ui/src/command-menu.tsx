'use client'

import { Command } from 'cmdk'
import { Dialog as Radix } from 'radix-ui'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import { SearchIcon } from './icons.tsx'
import { KeyHint } from './key-hint.tsx'
import { lendStyleNonce } from './style-nonce.ts'

export type CommandEntry = {
  /** Unlike all others. */
  id: string
  words: ReactNode
  /** At the right, quieter: where it leads. */
  aside?: ReactNode
  /** The same by keys alone. */
  keys?: string
}

export type CommandGroup<Entry extends CommandEntry> = { title: string; entries: readonly Entry[] }

type CommandMenuProps<Entry extends CommandEntry> = {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** What can be looked up, as the placeholder says it. */
  label: string
  search: string
  onSearch: (search: string) => void
  /** What fits the search, the best first: whoever knows the entries ranks them. */
  groups: readonly CommandGroup<Entry>[]
  onChoose: (entry: Entry) => void
  empty: ReactNode
}

/** Everything by its name: type, walk with the arrows, Enter. Not in the index: loaded when it is first asked for. */
export function CommandMenu<Entry extends CommandEntry>(props: CommandMenuProps<Entry>) {
  const { open, onOpenChange, label } = props
  if (open) lendStyleNonce()
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-veil" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed top-[12dvh] left-1/2 z-50 w-[min(38rem,calc(100vw-1.5rem))] -translate-x-1/2 overflow-hidden rounded-md border border-line-strong bg-surface shadow-float"
        >
          <Radix.Title className="sr-only">{label}</Radix.Title>
          <Choices {...props} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

type ChoicesProps<Entry extends CommandEntry> = Omit<CommandMenuProps<Entry>, 'open' | 'onOpenChange'>

function Choices<Entry extends CommandEntry>(props: ChoicesProps<Entry>) {
  const { label, search, onSearch, groups, onChoose, empty } = props
  const selection = useSelection(groups.flatMap(({ entries }) => entries.map(({ id }) => id)))
  return (
    <Command label={label} shouldFilter={false} loop {...selection.props}>
      <div className="flex items-center gap-3 border-b border-line px-4">
        <SearchIcon className="size-4 shrink-0 text-faint" />
        <Command.Input
          autoFocus
          value={search}
          onValueChange={(typed) => {
            selection.reset()
            onSearch(typed)
          }}
          placeholder={label}
          className="h-12 w-full min-w-0 bg-transparent text-lg outline-none placeholder:text-faint"
        />
        <KeyHint keys="escape" className="max-sm:hidden" />
      </div>
      <Command.List
        label={label}
        className="max-h-[min(24rem,60dvh)] scroll-py-2 overflow-y-auto p-1.5 [&_[cmdk-list-sizer]]:flex [&_[cmdk-list-sizer]]:flex-col"
      >
        <Command.Empty className="px-3 py-8 text-center text-muted">{empty}</Command.Empty>
        {groups.map(({ title, entries }) => (
          <Command.Group
            key={title}
            heading={title}
            className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted"
          >
            {entries.map((entry) => (
              <Entry key={entry.id} entry={entry} onChoose={() => onChoose(entry)} />
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  )
}

/**
 * The first is selected until somebody moves: entries may come after what was typed, and Enter takes the best. (cmdk alone
 * would keep what was the first before.)
 */
function useSelection(ids: readonly string[]) {
  const [moved, setMoved] = useState(false)
  const [selected, setSelected] = useState('')
  const move = () => setMoved(true)
  return {
    reset: () => setMoved(false),
    props: {
      value: moved && ids.includes(selected) ? selected : (ids[0] ?? ''),
      onValueChange: setSelected,
      onKeyDownCapture: (event: KeyboardEvent) => {
        if (walking.has(event.key)) move()
      },
      onPointerMoveCapture: move,
    },
  }
}

const walking: ReadonlySet<string> = new Set(['ArrowDown', 'ArrowUp', 'Home', 'End'])

function Entry({ entry, onChoose }: { entry: CommandEntry; onChoose: () => void }) {
  return (
    <Command.Item
      value={entry.id}
      onSelect={onChoose}
      className="flex min-h-9 cursor-pointer items-center gap-3 rounded-sm px-2.5 py-1.5 select-none data-[selected=true]:bg-hover"
    >
      <span className="min-w-0 flex-1 truncate">{entry.words}</span>
      {entry.aside && <span className="max-w-[50%] shrink-0 truncate text-sm text-muted">{entry.aside}</span>}
      {entry.keys && <KeyHint keys={entry.keys} className="shrink-0 max-sm:hidden" />}
    </Command.Item>
  )
}
