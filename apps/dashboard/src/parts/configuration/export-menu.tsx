'use client'

import { Button, Menu, MenuItem, MenuLabel } from '@berth/ui'
import { trpc } from '../../live/trpc.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { FailureNotice } from '../failure-notice.tsx'
import { download } from './download.ts'

const formats = [
  { format: 'env', words: '.env', ending: 'env' },
  { format: 'json', words: 'JSON', ending: 'json' },
  { format: 'shell', words: 'Shell, for eval', ending: 'sh' },
] as const

/** All variables with their values, as a file. */
export function ExportMenu({ app }: { app: string }) {
  const { run, busy, failure } = useMutation((format: (typeof formats)[number]['format']) =>
    trpc.configuration.export.query({ app, format }),
  )
  return (
    <>
      <Menu
        trigger={
          <Button size="small" busy={busy}>
            Export
          </Button>
        }
      >
        <MenuLabel>With all values; noted in the audit log</MenuLabel>
        {formats.map(({ format, words, ending }) => (
          <MenuItem
            key={format}
            onSelect={async () => {
              const exported = await run(format)
              if (exported) download(exported.text, `${app}.${ending}`)
            }}
          >
            {words}
          </MenuItem>
        ))}
      </Menu>
      {failure && <FailureNotice failure={failure} className="basis-full" />}
    </>
  )
}
