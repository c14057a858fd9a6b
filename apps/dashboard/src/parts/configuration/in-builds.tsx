import { CodeBlock, Section } from '@berth/ui'

/** Where a build sees what an app is told: the Dockerfile asks for it. */
export function InBuilds() {
  return (
    <Section
      title="In a build"
      description="A build sees a variable only where the Dockerfile asks for it. Everything else stays out of the image."
    >
      <dl className="grid gap-6 md:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-2">
          <dt className="font-medium">As a build argument</dt>
          <dd className="text-muted">
            Whoever has the image can read it in its history: for addresses and switches, never for keys.
          </dd>
          <dd>
            <CodeBlock label="A build argument" code="ARG PUBLIC_URL" />
          </dd>
        </div>
        <div className="flex min-w-0 flex-col gap-2">
          <dt className="font-medium">As a build secret</dt>
          <dd className="text-muted">
            There for one step, and in no layer, history, log or cache key. Secret files are found by their
            names too.
          </dd>
          <dd>
            <CodeBlock
              label="A build secret"
              code="RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN npm ci"
            />
          </dd>
        </div>
      </dl>
    </Section>
  )
}
