import { type ComponentPropsWithRef, type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'

type CheckProps = Omit<ComponentPropsWithRef<'input'>, 'id' | 'type'> & { label: ReactNode; hint?: ReactNode }

/** Yes or no, beside its words. A press on the words counts. */
export function CheckField({ label, hint, className, ...rest }: CheckProps) {
  const id = useId()
  return (
    <div className={classNames('flex items-start gap-2.5', className)}>
      <input
        id={id}
        type="checkbox"
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="mt-[3px] size-4 shrink-0 cursor-pointer accent-accent disabled:cursor-default"
        {...rest}
      />
      <div className="flex min-w-0 flex-col">
        <label htmlFor={id} className="cursor-pointer">
          {label}
        </label>
        {hint && (
          <p id={`${id}-hint`} className="text-sm text-muted">
            {hint}
          </p>
        )}
      </div>
    </div>
  )
}

/** Several of them that belong together. */
export function CheckGroup({
  label,
  hint,
  children,
}: {
  label: string
  hint?: ReactNode
  children: ReactNode
}) {
  return (
    <fieldset className="flex flex-col gap-2.5">
      <legend className="mb-2 text-sm font-medium">
        {label}
        {hint && <span className="block font-normal text-muted">{hint}</span>}
      </legend>
      {children}
    </fieldset>
  )
}
