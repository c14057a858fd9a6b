/**
 * Carries calls out one after the other. Of those that wait, only the newest is carried out, and all of them end as it
 * does: there is never more than one waiting, however many call.
 */
export function latestOnly<Given>(act: (given: Given) => Promise<void>): (given: Given) => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  let waiting: { given: Given; done: Promise<void> } | null = null

  return (given) => {
    if (waiting !== null) {
      waiting.given = given
      return waiting.done
    }
    const next = { given, done: running.then(run, run) }
    waiting = next
    running = next.done
    return next.done

    function run(): Promise<void> {
      waiting = null
      return act(next.given)
    }
  }
}
