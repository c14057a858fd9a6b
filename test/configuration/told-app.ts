import { command, localRunner } from '@berth/command'
import { type Repository, repository } from '../platform/repository.ts'
import type { Platform } from '../platform/start-platform.ts'

/**
 * An app that shows what it was told: at `/` its GREETING, at `/key` its secret file key.pem, at `/built` what its build saw
 * of COLOR and how long the build secret TOKEN was.
 */
export async function toldApp(platform: Platform, name: string): Promise<Repository> {
  const work = await repository(platform, name, null)
  await localRunner.run(command('cp', '--', '/bin/busybox', `${work.directory}/busybox`))
  return work
}

const build = 'echo "color $COLOR, token $(printf %s "$TOKEN" | /bin/busybox wc -c)" > /www/built'
const start = [
  'echo "$GREETING" > /www/index.html',
  '/bin/busybox ln -sf /run/secrets/key.pem /www/key',
  'exec /bin/busybox httpd -f -p 5000 -h /www',
].join('; ')

export const toldFiles: Record<string, string> = {
  Dockerfile: [
    'FROM scratch',
    'ARG COLOR',
    'COPY busybox /bin/busybox',
    'COPY www /www',
    `RUN --mount=type=secret,id=TOKEN,env=TOKEN ${JSON.stringify(['/bin/busybox', 'sh', '-c', build])}`,
    `CMD ${JSON.stringify(['/bin/busybox', 'sh', '-c', start])}`,
    '',
  ].join('\n'),
  'www/version': 'one\n',
}
