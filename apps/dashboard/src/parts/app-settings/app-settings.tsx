'use client'

import type { DeployKeyView } from '@berth/api'
import { useApp } from '../app-frame.tsx'
import { AsCommand } from '../as-command.tsx'
import { Dangers } from './dangers.tsx'
import { DeployBranch } from './deploy-branch.tsx'
import { DeployKeys } from './deploy-keys.tsx'
import { Lock } from './lock.tsx'
import { PushAddresses } from './push-addresses.tsx'

/** What is set about an app; at the bottom, and apart, what is not easily taken back. */
export function AppSettings({ deployKeys }: { deployKeys: DeployKeyView[] }) {
  const { value: app } = useApp()
  return (
    <>
      <div className="flex max-w-3xl flex-col gap-10">
        <PushAddresses />
        <DeployBranch />
        <DeployKeys initial={deployKeys} />
        <Lock />
        <Dangers />
      </div>
      <AsCommand
        commands={[
          `berth apps info ${app.name}`,
          `berth deploy-keys add ci.pub --app ${app.name}`,
          `berth apps lock ${app.name} --reason "until Monday"`,
        ]}
      />
    </>
  )
}
