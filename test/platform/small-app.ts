import { command, localRunner } from '@berth/command'
import { type Repository, repository } from './repository.ts'
import type { Platform } from './start-platform.ts'

/**
 * An app that needs no base image: a static busybox as its web server. It answers with its version, and takes as long
 * to begin listening as the story says.
 */
export async function smallApp(platform: Platform, name: string): Promise<Repository> {
  const work = await repository(platform, name, null)
  await localRunner.run(command('cp', '--', '/bin/busybox', `${work.directory}/busybox`))
  await work.commit(smallVersion('one'), 'Version one')
  return work
}

export function smallVersion(version: string, listensAfterSeconds = 0): Record<string, string> {
  const start = `/bin/busybox sleep ${listensAfterSeconds}; exec /bin/busybox httpd -f -vv -p 5000 -h /www`
  return {
    Dockerfile: [
      'FROM scratch',
      'COPY busybox /bin/busybox',
      'COPY www /www',
      `CMD ["/bin/busybox", "sh", "-c", "${start}"]`,
      '',
    ].join('\n'),
    'www/index.html': `version ${version}\n`,
  }
}
