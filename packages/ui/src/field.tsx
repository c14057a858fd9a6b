import { type ComponentPropsWithRef, type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'

export const inputClass =
  'h-9 w-full rounded-md border border-line-strong bg-surface px-3 text-text placeholder:text-faint focus-visible:outline-offset-0 aria-invalid:border-bad max-sm:text-lg'

type FieldProps = Omit<ComponentPropsWithRef<'input'>, 'id'> & {
  label: ReactNode
  hint?: ReactNode
  /** What is wrong with the value, in words; it stays until it is put right. */
  error?: string | null
  mono?: boolean
}

/** A labelled input with its hint and its error, wired together for screen readers. */
export function Field({ label, hint, error, mono, className, ...rest }: FieldProps) {
  const id = useId()
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined
  return (
    <div className={classNames('flex flex-col gap-1.5', className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        aria-describedby={describedBy}
        aria-invalid={error ? true : undefined}
        className={classNames(inputClass, mono && 'font-mono text-sm')}
        {...rest}
      />
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-sm text-bad">
          {error}
        </p>
      )}
    </div>
  )
}

type AreaProps = Omit<ComponentPropsWithRef<'textarea'>, 'id'> & Pick<FieldProps, 'label' | 'hint' | 'error'>

/** The same for a text of several lines; what it holds is code (a key), so it is monospaced. */
export function AreaField({ label, hint, error, className, ...rest }: AreaProps) {
  const id = useId()
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined
  return (
    <div className={classNames('flex flex-col gap-1.5', className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <textarea
        id={id}
        spellCheck={false}
        aria-describedby={describedBy}
        aria-invalid={error ? true : undefined}
        className={classNames(inputClass, 'h-auto min-h-24 py-2 font-mono text-sm break-all')}
        {...rest}
      />
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-sm text-bad">
          {error}
        </p>
      )}
    </div>
  )
}

type SelectProps = {
  label: ReactNode
  value: string
  options: { value: string; words: string }[]
  onChange: (value: string) => void
}

/** One of a few, with the system's own list: right on a phone, and with a keyboard. */
export function SelectField({ label, value, options, onChange }: SelectProps) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={classNames(inputClass, 'cursor-pointer px-2.5')}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.words}
          </option>
        ))}
      </select>
    </div>
  )
}
