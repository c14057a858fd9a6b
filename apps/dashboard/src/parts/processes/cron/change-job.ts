import type { SaidText } from '@berth/ui'
import { failureIn, trpc } from '../../../live/trpc.ts'

export type JobChange = 'run' | 'pause' | 'resume'

const said: Record<JobChange, (name: string) => SaidText> = {
  run: (name) => ({ title: `${name} is being started.`, more: 'Its outcome will stand with its runs.' }),
  pause: (name) => ({ title: `${name} rests until it is resumed.` }),
  resume: (name) => ({
    title: `${name} counts again from now on.`,
    more: 'What was due meanwhile is not made up for.',
  }),
}

/** What came of it, in words. */
export async function changeJob(job: { app: string; name: string; what: JobChange }): Promise<SaidText> {
  const { app, name, what } = job
  try {
    if (what === 'run') await trpc.cron.run.mutate({ app, name })
    else if (what === 'pause') await trpc.cron.pause.mutate({ app, name })
    else await trpc.cron.resume.mutate({ app, name })
    return said[what](name)
  } catch (error) {
    const { message, hint } = failureIn(error)
    return { tone: 'warn', title: message, more: hint }
  }
}
