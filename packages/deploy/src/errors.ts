import { errorTable } from '@berth/domain'

type TaskEnded = Omit<Ended, 'instance'> & { task: string }
type Ended = { instance: string; code: number; signal: string | null; lastLines: readonly string[] }

type Unhealthy = { instance: string; check: string; attempts: number; told: string; hint: string | null }

export const deployError = errorTable({
  'DEPLOY.CRASHED_AT_START': {
    message: ({ instance, code, signal }: Ended) =>
      `${instance} ended right after its start, ${endedWith(code, signal)}.`,
    hint: ({ lastLines }: Ended) => said(lastLines),
    fault: 'user',
    retryable: false,
  },
  'DEPLOY.OUT_OF_MEMORY': {
    message: (details: { instance: string; limitBytes: number; lastLines: readonly string[] }) =>
      `${details.instance} was killed: out of memory at ${megabytes(details.limitBytes)} MB.`,
    hint: ({ instance }: { instance: string }) =>
      `Let it use less memory at its start, or give it more: berth limits set ${instance.split('.')[0]} --memory 1g`,
    fault: 'user',
    retryable: false,
  },
  'DEPLOY.NEVER_LISTENED': {
    message: (details: { instance: string; port: number; timeoutMs: number; listening: string }) =>
      `${details.instance} did not get healthy: nothing accepted a connection on port ${details.port} within ${details.timeoutMs / 1000} s.`,
    hint: (details: { listening: string }) => details.listening,
    fault: 'user',
    retryable: false,
  },
  'DEPLOY.UNHEALTHY': {
    message: ({ instance, check, attempts, told }: Unhealthy) =>
      `${instance} did not get healthy: its check ${check} failed ${attempts === 1 ? 'once' : `${attempts} times`}: ${told}.`,
    hint: ({ hint }: Unhealthy) =>
      hint ??
      'Look at what it printed. A check that needs more time gets it by "attempts" and "wait" in app.json.',
    fault: 'user',
    retryable: false,
  },
  'DEPLOY.TASK_FAILED': {
    message: ({ task, code, signal }: TaskEnded) => `The ${task} failed, ${endedWith(code, signal)}.`,
    hint: ({ lastLines }: TaskEnded) => said(lastLines),
    fault: 'user',
    retryable: false,
  },
  'DEPLOY.TASK_OUT_OF_MEMORY': {
    message: (details: { task: string; limitBytes: number }) =>
      `The ${details.task} was killed: out of memory at ${megabytes(details.limitBytes)} MB.`,
    hint: () => 'Let it use less memory, or give it more: berth limits set release --memory 1g',
    fault: 'user',
    retryable: false,
  },
  'DEPLOY.TASK_TIMED_OUT': {
    message: (details: { task: string; timeoutMs: number }) =>
      `The ${details.task} did not end within ${details.timeoutMs / 60_000} minutes.`,
    hint: () => 'Move long work into a worker, and do here only what the deployment needs.',
    fault: 'user',
    retryable: false,
  },
  'DEPLOY.CANCELLED': {
    message: () => 'The deployment was cancelled.',
    hint: () => 'Nothing was changed. Push again to deploy.',
    fault: 'user',
    retryable: true,
  },
  'DEPLOY.SUPERSEDED': {
    message: (details: { by: string }) => `A newer deployment (${details.by}) took this one's place.`,
    hint: () => 'The newer one counts. Push or set again what this one alone would have brought.',
    fault: 'user',
    retryable: true,
  },
  'DEPLOY.TIMED_OUT': {
    message: (details: { minutes: number }) => `The deployment took longer than ${details.minutes} minutes.`,
    hint: () => 'Nothing was changed. Look at what its log says last, and push again.',
    fault: 'user',
    retryable: true,
  },
})

function endedWith(code: number, signal: string | null): string {
  return signal === null ? `with exit code ${code}` : `by ${signal} (exit code ${code})`
}

function said(lines: readonly string[]): string {
  return lines.length === 0 ? 'It printed nothing.' : ['The last it printed:', ...lines].join('\n')
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024)
}
