import type { ErrorRecord } from '@berth/domain'

/** Why some of the invented deployments failed: said of their records, and at the end of their events. */
const failure = (code: string, message: string, hint: string): ErrorRecord => ({
  ...{ code, message, hint, fault: 'user', retryable: false },
})

export const unhealthy = failure(
  'DEPLOY.UNHEALTHY',
  'web.1 did not get healthy: its check GET /health failed 3 times: the answer was 503: the berth map is not loaded.',
  'Look at what it printed. A check that needs more time gets it by "attempts" and "wait" in app.json.',
)
export const brokenBuild = failure(
  'BUILD.STEP_FAILED',
  'Dockerfile:9: RUN npm run build ended with exit code 2.\n   8 | COPY . .\n>  9 | RUN npm run build\n  10 | FROM node:24-slim',
  'Its last lines say why.',
)
export const cancelled = failure(
  'DEPLOY.CANCELLED',
  'The deployment was cancelled.',
  'Nothing was changed. Push again to deploy.',
)
