import { constants } from 'node:os'
import { containerError } from './errors.ts'

const numbers = new Map<string, number>(Object.entries(constants.signals))
/** Where two names share a number, the one that POSIX knows wins. */
const preferred = ['SIGABRT', 'SIGIO', 'SIGSYS', 'SIGCHLD']
const names = new Map([...numbers].map(([name, number]) => [number, name]))
for (const name of preferred) names.set(numbers.get(name) ?? 0, name)

/** glibc's first real-time signal; systemd as pid 1 wants SIGRTMIN+3 to stop. */
const firstRealTime = 34
const lastRealTime = 64

/** `SIGTERM`, `TERM`, `15` or `SIGRTMIN+3` → the number. @throws CONTAINER.INVALID */
export function signalNumber(given: string): number {
  const number = numberOf(given)
  if (number === undefined) {
    throw containerError['CONTAINER.INVALID']({ what: 'signal', given })
  }
  return number
}

/** The signal that ended a process, where its exit code says so as shells count: 137 → SIGKILL. */
export function signalOfExitCode(code: number): string | null {
  return names.get(code - 128) ?? null
}

export function isSignal(given: string): boolean {
  return numberOf(given) !== undefined
}

function numberOf(given: string): number | undefined {
  const upper = given.toUpperCase()
  const number = /^\d{1,2}$/.test(given)
    ? Number(given)
    : named(upper.startsWith('SIG') ? upper : `SIG${upper}`)
  return number === undefined || number < 1 || number > lastRealTime ? undefined : number
}

function named(name: string): number | undefined {
  const realTime = /^SIGRTMIN(?:\+(\d{1,2}))?$/.exec(name)
  return realTime ? firstRealTime + Number(realTime[1] ?? 0) : numbers.get(name)
}
