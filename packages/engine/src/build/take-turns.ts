export type Turns = <Result>(work: () => Promise<Result>) => Promise<Result>

/** One after the other, in the order in which they came. */
export function takeTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }
}
