import { fromErrorRecord, type StageEvent } from '@berth/domain'
import { eventRenderer } from '@berth/observe'
import { print } from './output.ts'
import { readProfile } from './profile.ts'
import { fromRemoteError, remote } from './remote.ts'

type Ended = Extract<StageEvent, { kind: 'ended' }>

/**
 * Prints how a build or a deployment goes until it has ended, as a push does. Looking on holds nothing up: Ctrl-C ends
 * the looking alone. `quiet`: waits, and prints nothing.
 * @throws the error that it ended with
 */
export async function followDeployment(id: string, options: { quiet?: boolean } = {}): Promise<void> {
  const render = eventRenderer()
  const ended = await stageEnd(id, (event) => {
    if (!options.quiet && event.kind !== 'ended') for (const line of render(event)) print(line)
  })
  if (ended.error) throw fromErrorRecord(ended.error)
  if (ended.next !== null) await followDeployment(ended.next, options)
}

async function stageEnd(id: string, tell: (event: StageEvent) => void): Promise<Ended> {
  const { url } = await readProfile()
  const client = await remote()
  const end = Promise.withResolvers<Ended>()
  const subscription = client.stages.events.subscribe(
    { id },
    {
      onData: ({ data }) => {
        for (const event of data.events) {
          tell(event)
          if (event.kind === 'ended') end.resolve(event)
        }
      },
      onError: (error) => end.reject(fromRemoteError(error, url)),
    },
  )
  try {
    return await end.promise
  } finally {
    subscription.unsubscribe()
  }
}
