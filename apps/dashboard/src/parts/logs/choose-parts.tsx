'use client'

import { Button, CheckField, CheckGroup, Popover } from '@berth/ui'
import type { ReactNode } from 'react'

type ChoosePartsProps = {
  parts: readonly string[]
  chosen: readonly string[]
  onChoose: (parts: string[]) => void
  trigger: ReactNode
}

const sources = [
  { value: 'berth', words: 'Berth', hint: 'starts, crashes, releases' },
  { value: 'deploy', words: 'Deployments', hint: 'release commands and scripts' },
  { value: 'cron', words: 'Scheduled commands', hint: undefined },
] as const

/** Several instances, whole process types, and what else there is in a log. */
export function ChooseParts({ parts, chosen, onChoose, trigger }: ChoosePartsProps) {
  const check = (part: string, words: string, hint?: string) => (
    <CheckField
      key={part}
      label={words}
      hint={hint}
      className={part.includes('.') ? 'ml-6' : undefined}
      checked={chosen.includes(part)}
      onChange={(event) =>
        onChoose(event.target.checked ? [...chosen, part] : chosen.filter((other) => other !== part))
      }
    />
  )
  return (
    <Popover label="What is shown" trigger={trigger} className="w-72">
      <div className="flex max-h-[60dvh] flex-col gap-5 overflow-y-auto">
        {parts.length > 0 && (
          <CheckGroup label="Instances">
            {parts.map((part) => check(part, part.includes('.') ? part : `Every ${part}`))}
          </CheckGroup>
        )}
        <CheckGroup label="Besides">
          {sources.map(({ value, words, hint }) => check(value, words, hint))}
        </CheckGroup>
        <Button size="small" disabled={chosen.length === 0} onClick={() => onChoose([])}>
          Show everything
        </Button>
      </div>
    </Popover>
  )
}
