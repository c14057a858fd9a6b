import type { SignOnView } from '@berth/api'
import { CodeBlock, Disclosure, Item, ItemList, Section } from '@berth/ui'
import { roleWords } from '../members/role-words.ts'

const command =
  'sudo berth account sign-on add corp --issuer https://id.example.com --client-id berth --domain example.com'

/** A provider says who somebody is, and is believed: so it is set up at the machine alone. */
export function SignOnProviders({ providers }: { providers: SignOnView[] }) {
  return (
    <Section
      title="Single sign-on"
      description="Providers that people may sign in with. Whoever runs the machine sets them up there, because Berth takes a provider’s word for who somebody is."
    >
      {providers.length === 0 ? (
        <div className="flex flex-col gap-3">
          <p className="text-muted">None is set up. At the machine:</p>
          <CodeBlock code={command} label="Command" prompt />
        </div>
      ) : (
        <>
          <ItemList label="Sign-on providers">
            {providers.map((provider) => (
              <Provider key={provider.name} {...provider} />
            ))}
          </ItemList>
          <Disclosure summary="Set up another, at the machine">
            <CodeBlock code={command} label="Command" prompt />
          </Disclosure>
        </>
      )}
    </Section>
  )
}

function Provider({ name, issuer, domains, newMemberRole, ofThisTeam }: SignOnView) {
  return (
    <Item
      title={name}
      mark={
        <span className="text-sm text-muted">{ofThisTeam ? 'of this team' : 'of the whole platform'}</span>
      }
    >
      <span>
        For addresses of {domains.join(', ')}
        {newMemberRole !== null && ` · whoever has no account becomes ${roleWords[newMemberRole].a}`}
      </span>
      <code className="truncate text-xs">{issuer}</code>
    </Item>
  )
}
