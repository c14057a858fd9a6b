'use client'

import type { CertificatesView, RoutingView } from '@berth/api'
import { Card, Notice, Section, Switch } from '@berth/ui'
import { trpc } from '../../live/trpc.ts'
import { useLive } from '../../live/use-live.ts'
import { useMutation } from '../../live/use-mutation.ts'
import { useApp } from '../app-frame.tsx'
import { FailureNotice } from '../failure-notice.tsx'
import { Hsts } from './hsts.tsx'
import { OwnCertificates } from './own-certificates.tsx'
import { useRouting } from './use-routing.ts'

type HttpsPageProps = { initial: { certificates: CertificatesView; routing: RoutingView } }

const obtain = (asked: { app: string; on: boolean }) => trpc.certificates.auto.mutate(asked)

export function HttpsPage({ initial }: HttpsPageProps) {
  const { value: app } = useApp()
  const certificates = useLive(initial.certificates, () => trpc.certificates.list.query({ app: app.name }), {
    app: app.name,
  })
  const routing = useRouting(initial.routing)
  const auto = useMutation(obtain)
  const mayChange = app.can.includes('app.domains.change')
  const { available } = certificates.value
  return (
    <>
      <Section title="HTTPS">
        <Card className="flex flex-col divide-y divide-line">
          <Switch
            className="px-4 py-3.5"
            label="Obtain certificates automatically"
            hint={
              available
                ? 'For every domain that leads here, renewed before they end.'
                : 'This platform obtains none: whoever runs it has given no mail address for the authority (BERTH_ACME_EMAIL).'
            }
            checked={available && certificates.value.auto}
            disabled={!mayChange || !available || auto.busy}
            onChange={async (on) => (await auto.run({ app: app.name, on })) && certificates.readNow()}
          />
          <Switch
            className="px-4 py-3.5"
            label="Send visitors from http to https"
            hint="At every domain that has a certificate; to the same page."
            checked={routing.value.httpsRedirect}
            disabled={!mayChange || routing.busy}
            onChange={(httpsRedirect) => routing.set({ httpsRedirect })}
          />
        </Card>
        {[auto.failure, routing.failure].map(
          (failure) => failure && <FailureNotice key={failure.code} failure={failure} />,
        )}
        {!mayChange && <Notice tone="accent" title="Your role shows this, and changes none of it." />}
      </Section>
      <OwnCertificates
        certificates={certificates.value.certificates}
        mayChange={mayChange}
        onChanged={certificates.readNow}
      />
      <Hsts routing={routing} mayChange={mayChange} />
    </>
  )
}
