'use client'

import { Button, CodeBlock, Notice } from '@berth/ui'

/** Each signs in once, without the authenticator. Of them only digests are kept, so they are shown this once. */
export function RecoveryCodes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const download = () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([`${codes.join('\n')}\n`], { type: 'text/plain' }))
    link.download = 'berth-recovery-codes.txt'
    link.click()
    URL.revokeObjectURL(link.href)
  }
  return (
    <Notice tone="accent" title="Keep these recovery codes: they are not shown again.">
      <div className="mt-2 flex flex-col gap-3">
        <p>Each signs you in once, without the authenticator. Keep them elsewhere than on your phone.</p>
        <CodeBlock code={codes.join('\n')} label="Recovery codes" className="max-w-xs" />
        <div className="flex flex-wrap gap-2">
          <Button size="small" onClick={download}>
            Download
          </Button>
          <Button size="small" onClick={onKept}>
            I have kept them
          </Button>
        </div>
      </div>
    </Notice>
  )
}
