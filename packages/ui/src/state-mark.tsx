import { classNames } from './class-names.ts'

export type MarkShape = 'circle' | 'ring' | 'triangle' | 'square' | 'half' | 'check' | 'dash' | 'dot'
export type Tone = 'good' | 'bad' | 'warn' | 'accent' | 'grey'

const tones: Record<Tone, string> = {
  good: 'text-good',
  bad: 'text-bad',
  warn: 'text-warn',
  accent: 'text-accent',
  grey: 'text-faint',
}

/** A state is a word and a shape, and then a colour: it is readable without the colour. */
export function StateMark({
  shape,
  tone,
  word,
  quietWord,
}: {
  shape: MarkShape
  tone: Tone
  word: string
  /** The word in the colour of text instead of the state's. */
  quietWord?: boolean
}) {
  return (
    <span
      className={classNames('inline-flex items-center gap-1.5 font-medium whitespace-nowrap', tones[tone])}
    >
      <Shape shape={shape} />
      <span className={quietWord ? 'font-normal text-text' : undefined}>{word}</span>
    </span>
  )
}

export function Shape({ shape, className }: { shape: MarkShape; className?: string }) {
  return (
    <svg
      viewBox="0 0 12 12"
      aria-hidden="true"
      className={classNames('size-3 shrink-0', shape === 'ring' && 'animate-turn', className)}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
    >
      {shapes[shape]}
    </svg>
  )
}

const shapes: Record<MarkShape, React.ReactNode> = {
  circle: <circle cx="6" cy="6" r="4" fill="currentColor" stroke="none" />,
  ring: (
    <>
      <circle cx="6" cy="6" r="4.25" opacity="0.28" />
      <path d="M6 1.75a4.25 4.25 0 0 1 4.25 4.25" strokeLinecap="round" />
    </>
  ),
  triangle: <path d="M6 1.6 11 10.4H1Z" fill="currentColor" strokeWidth="1" strokeLinejoin="round" />,
  square: <rect x="2.25" y="2.25" width="7.5" height="7.5" rx="1" strokeWidth="1.5" />,
  half: (
    <>
      <circle cx="6" cy="6" r="4.25" strokeWidth="1.5" />
      <path d="M6 1.75a4.25 4.25 0 0 1 0 8.5Z" fill="currentColor" stroke="none" />
    </>
  ),
  check: <path d="m2 6.5 2.75 2.75L10 3.5" strokeLinecap="round" strokeLinejoin="round" />,
  dash: <path d="M2.5 6h7" strokeLinecap="round" />,
  dot: <circle cx="6" cy="6" r="1.75" fill="currentColor" stroke="none" />,
}
