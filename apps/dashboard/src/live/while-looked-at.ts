/**
 * Keeps a stream open only while somebody looks: a browser opens six connections to one host over HTTP/1.1, and tabs left in
 * the background would use them up. What is opened again goes on where it stopped; a few seconds of grace spare a glance
 * elsewhere even that.
 */
const graceMs = 5_000

/** `open` starts the stream and may be called again after `close`. Returns what ends it all. */
export function whileLookedAt(stream: { open: () => void; close: () => void }): () => void {
  let isOpen = true
  let timer: ReturnType<typeof setTimeout> | undefined
  const close = () => {
    isOpen = false
    stream.close()
  }
  const onChange = () => {
    clearTimeout(timer)
    if (document.hidden) timer = setTimeout(close, graceMs)
    else if (!isOpen) {
      isOpen = true
      stream.open()
    }
  }
  stream.open()
  document.addEventListener('visibilitychange', onChange)
  return () => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', onChange)
    stream.close()
  }
}
