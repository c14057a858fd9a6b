import { errorTable } from '@berth/domain'

export const queueError = errorTable({
  'QUEUE.UNAVAILABLE': {
    message: () => 'The job could not be handed over: the database does not answer.',
    hint: () => 'It may be restarting: try again.',
    fault: 'system',
    retryable: true,
  },
  'QUEUE.PAYLOAD_INVALID': {
    message: (details: { name: string; reason: string }) =>
      `This is no payload of a ${details.name} job: ${details.reason}`,
    hint: () => 'The side that asks and the worker may be of different versions: restart both.',
    fault: 'system',
    retryable: false,
  },
  'QUEUE.TIMED_OUT': {
    message: (details: { name: string; timeoutMs: number }) =>
      `The ${details.name} job was given up after ${details.timeoutMs} ms.`,
    hint: () => 'The log of the worker tells how far it came.',
    fault: 'system',
    retryable: false,
  },
  'QUEUE.JOB_NOT_FOUND': {
    message: () => 'This job is not in the queue any more.',
    hint: () => 'It was done meanwhile, or it is so old that it was forgotten: look at the list again.',
    fault: 'user',
    retryable: false,
  },
  'QUEUE.JOB_NOT_FAILED': {
    message: () => 'This job was not given up: it waits, or it is carried out.',
    hint: () => 'Somebody may have tried it again already: look at the list again.',
    fault: 'user',
    retryable: false,
  },
})
