import { Field } from '@berth/ui'

/** As packages/people (account-form.ts) takes it: long is what counts. */
export function NewPasswordField({
  label = 'Password',
  name = 'password',
  autoFocus,
}: {
  label?: string
  name?: string
  autoFocus?: boolean
}) {
  return (
    <Field
      label={label}
      name={name}
      type="password"
      autoComplete="new-password"
      required
      autoFocus={autoFocus}
      minLength={10}
      maxLength={128}
      hint="10 characters or more. Long is what counts."
    />
  )
}
