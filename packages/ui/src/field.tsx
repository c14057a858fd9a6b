import type { ComponentPropsWithRef, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { Labelled, type LabelledProps } from './labelled.tsx'

export const inputClass =
  'h-9 w-full rounded-md border border-line-strong bg-surface px-3 text-text placeholder:text-faint focus-visible:outline-offset-0 aria-invalid:border-bad disabled:bg-sunken disabled:text-muted max-sm:text-lg'

type FieldProps = Omit<ComponentPropsWithRef<'input'>, 'id'> & LabelledProps & { mono?: boolean }

/** A labelled input with its hint and its error. */
export function Field({ label, hint, error, mono, className, ...rest }: FieldProps) {
  return (
    <Labelled {...{ label, hint, error, className }}>
      {(wired) => (
        <input {...wired} className={classNames(inputClass, mono && 'font-mono text-sm')} {...rest} />
      )}
    </Labelled>
  )
}

type AreaFieldProps = Omit<ComponentPropsWithRef<'textarea'>, 'id'> & LabelledProps

/** The same for several lines: a key, a file, a list; so it is monospaced. */
export function AreaField({ label, hint, error, className, ...rest }: AreaFieldProps) {
  return (
    <Labelled {...{ label, hint, error, className }}>
      {(wired) => (
        <textarea
          {...wired}
          spellCheck={false}
          className={classNames(inputClass, 'h-auto min-h-24 py-2 font-mono text-sm break-all [tab-size:2]')}
          {...rest}
        />
      )}
    </Labelled>
  )
}

type SelectProps = LabelledProps & {
  value: string
  options: readonly { value: string; words: string }[]
  onChange: (value: string) => void
  disabled?: boolean
}

/** One of a few in a form, with the system's own list: right on a phone, and with a keyboard. */
export function SelectField({
  label,
  hint,
  error,
  className,
  value,
  options,
  onChange,
  disabled,
}: SelectProps) {
  return (
    <Labelled {...{ label, hint, error, className }}>
      {(wired) => (
        <select
          {...wired}
          value={value}
          disabled={disabled}
          onChange={(event) => onChange(event.target.value)}
          className={classNames(inputClass, 'cursor-pointer px-2.5')}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.words}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  )
}

/** A row of fields and buttons whose inputs stand on one line; under each other on a phone. */
export function FieldRow({ children }: { children: ReactNode }) {
  return <div className="flex items-end gap-3 max-sm:flex-col max-sm:items-stretch">{children}</div>
}
