import type { Channel, Message } from './channel.ts'
import { remoteError } from './errors.ts'

/** An engine says something every 15 s, whatever it is doing (incoming.ts): one that does not stands still, or hangs. */
export const longestSilenceMs = 60_000

/** A caller that stood still itself (Ctrl-Z) finds its time over before it reads what was said meanwhile. */
const secondLookMs = 5_000

/** What comes over a channel, while the other side shows that it lives. Counted while somebody waits. @throws ENGINE.SILENT */
export async function* unlessSilent(channel: Channel, silenceMs: number): AsyncGenerator<Message> {
  for (;;) {
    const silence = awaitSilence(silenceMs, channel.destroy)
    const next = await channel.messages
      .next()
      .catch((error: unknown) => {
        throw silence.came() ? remoteError['ENGINE.SILENT']({ silenceMs }) : error
      })
      .finally(silence.end)
    if (next.done) return
    yield next.value
  }
}

function awaitSilence(silenceMs: number, breakOff: () => void) {
  let came = false
  const giveUp = () => {
    came = true
    breakOff()
  }
  let timer = setTimeout(() => {
    timer = setTimeout(giveUp, Math.min(secondLookMs, silenceMs))
  }, silenceMs)
  return { came: () => came, end: () => clearTimeout(timer) }
}
