'use client'

import { CopyField, Section } from '@berth/ui'
import { useApp } from '../app-frame.tsx'

export function PushAddresses() {
  const { value: app } = useApp()
  return (
    <Section
      title="Push to this app"
      description="As a git remote, by either way: git remote add berth ADDRESS"
    >
      <div className="grid gap-x-4 gap-y-2 sm:grid-cols-[4rem_minmax(0,1fr)] sm:items-center">
        <span className="text-sm text-muted">SSH</span>
        <CopyField value={app.remotes.ssh} label="the address for SSH" />
        <span className="text-sm text-muted">HTTP</span>
        <CopyField value={app.remotes.http} label="the address for HTTP" />
      </div>
    </Section>
  )
}
