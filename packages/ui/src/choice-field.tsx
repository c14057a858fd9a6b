import { type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'

type ChoiceProps<Value extends string> = {
  label: string
  value: Value
  options: readonly { value: Value; words: ReactNode; hint?: ReactNode }[]
  onChange: (value: Value) => void
  className?: string
}

/** One of a few whose words need a line of their own: all of them are seen at once, and arrows move between them. */
export function ChoiceField<Value extends string>(props: ChoiceProps<Value>) {
  const { label, value, options, onChange, className } = props
  const name = useId()
  return (
    <fieldset className={classNames('flex flex-col', className)}>
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      <div className="divide-y divide-line rounded-md border border-line-strong">
        {options.map((option) => (
          <label
            key={option.value}
            className="flex cursor-pointer items-start gap-2.5 px-3 py-2.5 first:rounded-t-md last:rounded-b-md hover:bg-hover has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              className="mt-[3px] size-4 shrink-0 cursor-pointer accent-accent outline-none"
            />
            <span className="flex min-w-0 flex-col">
              <span className="font-medium">{option.words}</span>
              {option.hint && <span className="text-sm text-muted">{option.hint}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
