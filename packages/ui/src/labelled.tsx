import { type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'

export type LabelledProps = {
  label: ReactNode
  hint?: ReactNode
  /** What is wrong with the value, in words; it stays until it is put right. */
  error?: string | null
  className?: string
}

/** What an input takes so that its label, its hint and its error are read aloud with it. */
export type Wired = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined }

/** A label above an input, a hint and an error below it, wired together for screen readers. */
export function Labelled({
  label,
  hint,
  error,
  className,
  children,
}: LabelledProps & { children: (wired: Wired) => ReactNode }) {
  const id = useId()
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined
  return (
    <div className={classNames('flex flex-col gap-1.5', className)}>
      <label htmlFor={id} id={`${id}-label`} className="text-sm font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': describedBy, 'aria-invalid': error ? true : undefined })}
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
