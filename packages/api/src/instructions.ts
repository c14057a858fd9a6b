import type { Settings } from '@berth/domain'

/** Where an app is pushed to: the values of this very platform, to copy. */
export function gitRemotes(
  settings: Settings,
  dashboardUrl: string,
  app: string,
): { ssh: string; http: string } {
  return {
    ssh: `ssh://git@${settings.baseDomain}:${settings.sshPort}/${app}.git`,
    http: `${dashboardUrl}/git/${app}.git`,
  }
}
