'use client'

import { Button, Dialog, Said, type SaidText, Section, StateMark } from '@berth/ui'
import { useState } from 'react'
import { askAuth, type Refusal } from '../../live/ask-auth.ts'
import { AskPassword } from './ask-password.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import { SetUpAuthenticator } from './set-up-authenticator.tsx'

const wrongPassword: Refusal = { message: 'The password is not right.', hint: 'Check it and try again.' }

type AuthenticatorProps = { isOn: boolean; hasPassword: boolean; onChanged: () => void }
type Asked = 'set-up' | 'turn-off' | 'codes' | null

/** A code from an app on one's phone, behind the password. */
export function Authenticator({ isOn, hasPassword, onChanged }: AuthenticatorProps) {
  const [asked, setAsked] = useState<Asked>(null)
  const [codes, setCodes] = useState<string[] | null>(null)
  const [said, setSaid] = useState<SaidText | null>(null)
  const close = () => setAsked(null)
  const turnOff = async (password: string | null) => {
    const answer = await askAuth('two-factor/disable', withPassword(password), wrongPassword)
    if (!answer.ok) return answer.refusal
    close()
    setSaid({ tone: 'warn', title: 'The password alone lets you in now.' })
    onChanged()
    return null
  }
  const makeCodes = async (password: string | null) => {
    const answer = await askAuth('two-factor/generate-backup-codes', withPassword(password), wrongPassword)
    if (!answer.ok) return answer.refusal
    close()
    setCodes(answer.body.backupCodes as string[])
    return null
  }
  return (
    <Section
      title="Authenticator"
      description="A code from an app on your phone, asked for behind the password."
    >
      <div className="flex flex-wrap items-center gap-3">
        {isOn ? (
          <>
            <StateMark shape="check" tone="good" word="On" />
            <Button size="small" onClick={() => setAsked('codes')}>
              New recovery codes
            </Button>
            <Button size="small" look="danger" onClick={() => setAsked('turn-off')}>
              Turn off
            </Button>
          </>
        ) : (
          asked !== 'set-up' && (
            <>
              <StateMark shape="square" tone="grey" word="Off" />
              <Button size="small" onClick={() => setAsked('set-up')}>
                Set up
                <span className="sr-only"> an authenticator</span>
              </Button>
            </>
          )
        )}
      </div>
      <Said said={said} onRead={() => setSaid(null)} />
      {asked === 'set-up' && (
        <SetUpAuthenticator
          hasPassword={hasPassword}
          onCancel={close}
          onDone={(made) => {
            close()
            setCodes(made)
            setSaid({ title: 'The authenticator is asked for from now on.' })
            onChanged()
          }}
        />
      )}
      {codes && <RecoveryCodes codes={codes} onKept={() => setCodes(null)} />}
      <Dialog
        open={asked === 'turn-off'}
        onOpenChange={close}
        title="Turn the authenticator off"
        description="The password alone lets you in then. Teams that ask for a second factor keep you out."
      >
        <AskPassword
          isAsked={hasPassword}
          look="danger"
          button="Turn it off"
          onGiven={turnOff}
          onCancel={close}
        />
      </Dialog>
      <Dialog
        open={asked === 'codes'}
        onOpenChange={close}
        title="New recovery codes"
        description="Those that you have count no more."
      >
        <AskPassword
          isAsked={hasPassword}
          look="primary"
          button="Make new ones"
          onGiven={makeCodes}
          onCancel={close}
        />
      </Dialog>
    </Section>
  )
}

/** Whoever has no password is asked for none. */
export function withPassword(password: string | null): Record<string, unknown> {
  return password === null ? {} : { password }
}
