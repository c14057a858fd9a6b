'use client'

import type { WaysInView } from '@berth/api'
import { Item, ItemList, Section } from '@berth/ui'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { AsCommand } from '../as-command.tsx'
import { LostNotice } from '../lost-notice.tsx'
import { Authenticator } from './authenticator.tsx'
import { Passkeys } from './passkeys.tsx'
import { Password } from './password.tsx'

/** How one gets in, and what keeps others out. */
export function WaysIn({ email, initial }: { email: string; initial: WaysInView }) {
  const { value: ways, lost, readNow } = useLive(initial, () => trpc.people.waysIn.query(), { app: null })
  return (
    <>
      <LostNotice lost={lost} />
      <Authenticator isOn={ways.authenticator} hasPassword={ways.password} onChanged={readNow} />
      <Passkeys passkeys={ways.passkeys} onChanged={readNow} />
      <Password email={email} isSet={ways.password} />
      {ways.providers.length > 0 && (
        <Section title="Single sign-on" description="These providers let you in.">
          <ItemList label="Sign-on providers">
            {ways.providers.map((name) => (
              <Item key={name} title={name} />
            ))}
          </ItemList>
        </Section>
      )}
      <AsCommand
        commands={[
          `sudo berth account reset-password ${email}`,
          `sudo berth account remove-second-factor ${email}`,
        ]}
      />
    </>
  )
}
