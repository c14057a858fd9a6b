import { SkipLink, TopBar } from '@berth/ui'
import type { ReactNode } from 'react'
import { read } from '../../caller.ts'
import { ownTeams, teamOfPath } from '../../own-teams.ts'
import { Crumbs } from '../../parts/frame/crumbs.tsx'
import { FrameDialogs } from '../../parts/frame/frame-dialogs.tsx'
import { PersonMenu } from '../../parts/frame/person-menu.tsx'
import { PlaceProvider } from '../../parts/frame/place.tsx'
import { HealthDot } from '../../parts/health-dot.tsx'
import { PaletteButton } from '../../parts/palette/palette-button.tsx'
import { SignedOutNotice } from '../../parts/signed-out-notice.tsx'

/** What is around every page of a signed-in person. Each page asks the API itself: this is not what guards it. */
export default async function TeamLayout({ children }: { children: ReactNode }) {
  const [me, platform] = await read((api) => Promise.all([api.people.me(), api.meta.platform()]))
  const [teams, team] = await Promise.all([ownTeams(), teamOfPath()])
  return (
    <PlaceProvider me={me} teams={teams} teamId={team?.id ?? null}>
      <FrameDialogs>
        <div className="flex min-h-dvh flex-col">
          <SkipLink to="#content" />
          <TopBar
            left={<Crumbs />}
            right={
              <>
                <PaletteButton />
                <HealthDot initial={platform.workerHealthy} />
                <PersonMenu />
              </>
            }
          />
          <main id="content" className="flex flex-1 flex-col">
            <SignedOutNotice />
            {children}
          </main>
          {/* Else the page would push it out of sight when it comes. */}
          <footer className="border-t border-line [main:has([data-loads-page])+&]:hidden">
            <div className="mx-auto flex max-w-6xl items-center justify-between gap-4 px-6 py-4 text-sm text-muted max-sm:px-4">
              <span>
                Berth {platform.version} <span className="text-faint">·</span> {platform.baseDomain}
              </span>
            </div>
          </footer>
        </div>
      </FrameDialogs>
    </PlaceProvider>
  )
}
