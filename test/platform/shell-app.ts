import { command, localRunner } from '@berth/command'
import { type Repository, repository } from './repository.ts'
import type { Platform } from './start-platform.ts'

/** An app whose image has busybox's programs, `sh` among them, and a web server that answers. */
export async function shellApp(
  platform: Platform,
  name: string,
  files: Record<string, string> = {},
): Promise<Repository> {
  const work = await repository(platform, name, null)
  await localRunner.run(command('cp', '--', '/bin/busybox', `${work.directory}/busybox`))
  const dockerfile = [
    'FROM scratch',
    'COPY busybox /bin/busybox',
    'RUN ["/bin/busybox", "--install", "-s", "/bin"]',
    'COPY www /www',
    'CMD ["httpd", "-f", "-p", "5000", "-h", "/www"]',
    '',
  ].join('\n')
  await work.commit({ Dockerfile: dockerfile, 'www/index.html': 'here\n', ...files }, 'The first version')
  return work
}
