import type { Step } from '../../live/stage-model.ts'

/** What is done just now, in a few words; null: between two steps. */
export function sayNow(steps: readonly Step[]): string | null {
  const underWay = steps.filter(({ outcome }) => outcome === null)
  const [first] = underWay
  if (first === undefined) return null
  if (first.part === 'before' || first.part === 'after')
    return /^Running the (.+?):/.exec(first.title)?.[1] ?? first.title
  const checked = underWay.find(({ part, progress }) => part === 'instances' && progress !== null)
  if (checked) return `${checked.title}, health ${checked.progress}`
  if (first.part === 'instances' && underWay.length > 1) return `Starting ${underWay.length} instances`
  return first.title
}
