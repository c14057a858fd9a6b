'use client'

import { Button, SelectField } from '@berth/ui'
import Link from 'next/link'
import { usePathname, useRouter } from 'next/navigation'
import { type ActivityFilter, actionGroups, isFiltered, searchOf, sinceWords } from './activity-filter.ts'

export type Choices = { people: { email: string; name: string }[]; apps: string[] }

type Option = { value: string; words: string }

/** What is looked at; each choice is an address of its own, so the way back is the browser's. */
export function ActivityFilterBar({ filter, choices }: { filter: ActivityFilter; choices: Choices }) {
  const [path, router] = [usePathname(), useRouter()]
  const choose = (key: keyof ActivityFilter) => (value: string) => {
    const { after: _, ...kept } = filter
    router.push(path + searchOf({ ...kept, [key]: value === '' ? undefined : value }), { scroll: false })
  }
  const people = choices.people.map(({ email, name }) => ({ value: email, words: name }))
  const apps = choices.apps.map((name) => ({ value: name, words: name }))
  const since = Object.entries(sinceWords).map(([value, words]) => ({ value, words }))
  return (
    <search className="grid grid-cols-2 items-end gap-3 md:grid-cols-[repeat(4,minmax(0,1fr))_auto]">
      <Choice
        label="Person"
        all="Everybody"
        value={filter.person}
        options={people}
        onChange={choose('person')}
      />
      <Choice
        label="App"
        all="Every app, and the team"
        value={filter.app}
        options={apps}
        onChange={choose('app')}
      />
      <Choice
        label="What"
        all="Everything"
        value={filter.action}
        options={actionGroups}
        onChange={choose('action')}
      />
      <Choice label="Time" all="Any time" value={filter.since} options={since} onChange={choose('since')} />
      {isFiltered(filter) && (
        <Button asChild look="quiet" className="max-md:col-span-2">
          <Link href={path} scroll={false}>
            Clear filters
          </Link>
        </Button>
      )}
    </search>
  )
}

type ChoiceProps = {
  label: string
  all: string
  value: string | undefined
  options: readonly Option[]
  onChange: (value: string) => void
}

/** What the address says may be nobody's any more: it stays a choice. */
function Choice({ label, all, value = '', options, onChange }: ChoiceProps) {
  const known = value === '' || options.some((option) => option.value === value)
  const others = known ? [] : [{ value, words: value }]
  return (
    <SelectField
      label={label}
      value={value}
      options={[{ value: '', words: all }, ...options, ...others]}
      onChange={onChange}
    />
  )
}
