import type { ComponentProps } from 'react'
import { Confirm } from './confirm.tsx'

type ConfirmByNameProps = Omit<ComponentProps<typeof Confirm>, 'name'> & {
  /** What must be typed. */
  name: string
  /** Of the field: `Name of the app`. */
  label: string
}

/** Before what cannot be undone: the name of the thing is typed, so that the wrong one does not go by habit. */
export function ConfirmByName({ name, label, ...rest }: ConfirmByNameProps) {
  return <Confirm name={{ label, value: name }} {...rest} />
}
