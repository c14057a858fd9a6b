import { Button, EmptyState } from '@berth/ui'
import Link from 'next/link'
import { PushInstructions } from './push-instructions.tsx'

/** No app yet: teaches the push, which creates one. */
export function FirstApp({ remotes, hasKey }: { remotes: { ssh: string; http: string }; hasKey: boolean }) {
  const named = { ssh: remotes.ssh.replace('APP', 'my-app'), http: remotes.http.replace('APP', 'my-app') }
  return (
    <EmptyState title="No apps yet. Push one:">
      <p className="max-w-prose text-muted">
        In a repository with a Dockerfile. The name at the end of the address is the app's; pushing to a new
        name creates it.
      </p>
      <PushInstructions remotes={named} preferHttp={!hasKey} />
      {!hasKey && (
        <p className="flex flex-wrap items-center gap-2 text-muted">
          Your account has no SSH key yet.
          <Button asChild size="small">
            <Link href="/account">Add one</Link>
          </Button>
        </p>
      )}
    </EmptyState>
  )
}
