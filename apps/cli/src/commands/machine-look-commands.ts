import type { Outputs } from '@berth/api'
import type { Command } from 'commander'
import { cliError } from '../errors.ts'
import { examples } from '../examples.ts'
import { ago, print, printList, stateColumn } from '../output.ts'
import { remote } from '../remote.ts'

type Listing = { json?: boolean }
type Job = Outputs['machine']['jobs']['jobs'][number]

/** What its administrators look after: the queue of the worker, certificates. */
export function addMachineLookCommands(machine: Command): void {
  machine
    .command('jobs')
    .description('what the worker does, what waits, what it gave up')
    .option('--json', 'as JSON')
    .addHelpText('after', examples('berth machine jobs'))
    .action(listJobs)
  machine
    .command('retry')
    .description('once more what was given up; without an id, all of it')
    .argument('[id]', 'as the list shows it')
    .addHelpText('after', examples('berth machine retry 1b9d6bcd'))
    .action(retry)
  machine
    .command('certificates')
    .description('of all apps, whichever ends first before the others')
    .option('--json', 'as JSON')
    .addHelpText('after', examples('berth machine certificates'))
    .action(listCertificates)
}

async function listJobs({ json }: Listing): Promise<void> {
  const { jobs } = await (await remote()).machine.jobs.query()
  printList(jobs, {
    json,
    empty: 'Nothing waits, and nothing has failed.',
    columns: [
      { title: 'id', value: ({ jobId }) => jobId.slice(0, 8) },
      stateColumn(({ state }) => state),
      { title: 'job', value: ({ name }) => name },
      { title: 'app', value: ({ app }) => app ?? '–' },
      { title: 'when', value: ({ endedAt, startedAt, addedAt }) => ago(endedAt ?? startedAt ?? addedAt) },
      { title: 'why', value: ({ error }) => error?.message ?? '' },
    ],
  })
}

async function retry(id: string | undefined): Promise<void> {
  const api = await remote()
  const failed = (await api.machine.jobs.query()).jobs.filter(({ state }) => state === 'failed')
  const meant = id === undefined ? failed : failed.filter(({ jobId }) => jobId.startsWith(id))
  if (id !== undefined && meant.length !== 1)
    throw cliError['CLI.BAD_INPUT']({ what: `No job that was given up begins with ${id}.` })
  if (meant.length === 0) return print('Nothing has failed.')
  for (const job of meant) {
    await api.machine.retryJob.mutate({ name: job.name, jobId: job.jobId })
    print(`${sayJob(job)} is queued again.`)
  }
}

function sayJob({ name, app }: Job): string {
  return app === null ? name : `${name} of ${app}`
}

async function listCertificates({ json }: Listing): Promise<void> {
  printList(await (await remote()).machine.certificates.query(), {
    json,
    empty: 'No certificate was asked for yet.',
    columns: [
      stateColumn(({ state }) => state),
      {
        title: 'for',
        value: ({ hosts }) => (hosts.length > 0 ? hosts.join(', ') : 'a domain of another team'),
      },
      { title: 'app', value: ({ app }) => app ?? '–' },
      { title: 'ends', value: ({ expiresAt }) => expiresAt?.slice(0, 10) ?? '–' },
      { title: 'problem', value: ({ error }) => error?.message ?? '' },
    ],
  })
}
