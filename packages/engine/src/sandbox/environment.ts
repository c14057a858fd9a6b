import { startFailed } from '../container/errors.ts'
import { defaultPath } from '../store/image-config.ts'

/** What every process finds set, unless its image or its app says otherwise. */
export function processEnvironment(
  given: Readonly<Record<string, string>>,
  defaults: { home: string; hostname: string | null },
): Record<string, string> {
  for (const [name, value] of Object.entries(given)) {
    if (name === '' || /[=\0]/.test(name) || value.includes('\0')) {
      throw startFailed(`the variable ${JSON.stringify(name.slice(0, 60))} holds what no variable can`)
    }
  }
  const { home, hostname } = defaults
  return { PATH: defaultPath, ...(hostname === null ? {} : { HOSTNAME: hostname }), HOME: home, ...given }
}

/** @throws CONTAINER.START_FAILED: no words at all, or one with a NUL */
export function assertWords(words: readonly string[]): void {
  if (words.length === 0) throw startFailed('neither the image nor the request names a command')
  if (words.some((word) => word.includes('\0'))) throw startFailed('its command holds a NUL')
}
