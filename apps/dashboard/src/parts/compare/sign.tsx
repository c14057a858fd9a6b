const signs = {
  added: { sign: '+', word: 'Added', ink: 'text-good' },
  removed: { sign: '−', word: 'Removed', ink: 'text-bad' },
  changed: { sign: '~', word: 'Changed', ink: 'text-warn' },
}

/** What became of a thing, as a sign and, read aloud, as a word. */
export function Sign({ kind }: { kind: keyof typeof signs }) {
  const { sign, word, ink } = signs[kind]
  return (
    <>
      <span aria-hidden="true" className={`w-3 shrink-0 text-center font-mono font-semibold ${ink}`}>
        {sign}
      </span>
      <span className="sr-only">{word}:</span>
    </>
  )
}
