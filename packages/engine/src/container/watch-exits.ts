import { watch } from 'node:fs'

/**
 * Calls `look` when a file appears in the directory where monitors leave exit codes, with the file's name, and
 * `lookAtAll` every few seconds besides, because inotify may lose events, and a killed monitor leaves no file at all.
 */
export function watchExits(
  directory: string,
  {
    look,
    lookAtAll,
    pollMs = 2_000,
  }: { look: (name: string) => void; lookAtAll: () => void; pollMs?: number },
): { close(): void } {
  const watcher = watch(directory, { persistent: false }, (_kind, name) => {
    // conmon writes a temporary file first, whose name begins with a dot or goes on behind the id.
    if (name !== null && /^[0-9a-f]{24}$/.test(name)) look(name)
  })
  const timer = setInterval(lookAtAll, pollMs)
  return {
    close() {
      watcher.close()
      clearInterval(timer)
    },
  }
}
