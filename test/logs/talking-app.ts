import { command, localRunner } from '@berth/command'
import { type Repository, repository } from '../platform/repository.ts'
import type { Platform } from '../platform/start-platform.ts'

/**
 * An app that says what it is told to: a request for `/say/WORDS` prints the words, one for `/die` ends it with 3, one for
 * `/eat` has it use up its memory. `worker` counts. It needs no base image: a static busybox is all of it.
 */
export async function talkingApp(platform: Platform, name: string): Promise<Repository> {
  const work = await repository(platform, name, null)
  await localRunner.run(command('cp', '--', '/bin/busybox', `${work.directory}/busybox`))
  await work.commit(talkingVersion('one'), 'Version one')
  return work
}

export function talkingVersion(version: string): Record<string, string> {
  return {
    Dockerfile: [
      'FROM scratch',
      'COPY busybox /bin/busybox',
      'COPY busybox /bin/sh',
      'COPY www /www',
      'COPY serve.sh count.sh /',
      'RUN ["/bin/busybox", "chmod", "755", "/www/cgi-bin/say", "/serve.sh", "/count.sh"]',
      'CMD ["/bin/sh", "/serve.sh"]',
      '',
    ].join('\n'),
    Procfile: 'web: /bin/sh /serve.sh\nworker: /bin/sh /count.sh\n',
    'app.json': JSON.stringify({ formation: { web: { quantity: 1 }, worker: { quantity: 0 } } }),
    'www/index.html': `version ${version}\n`,
    // What a request asks for is written to the first process's own output.
    'www/cgi-bin/say': [
      '#!/bin/sh',
      '/bin/busybox printf "content-type: text/plain\\r\\n\\r\\nsaid\\n"',
      'case "$QUERY_STRING" in',
      '  die) /bin/busybox kill -USR1 $(/bin/busybox cat /tmp/serving) ;;',
      '  eat) /bin/busybox kill -USR2 $(/bin/busybox cat /tmp/serving) ;;',
      '  *) echo "$QUERY_STRING" > /proc/$(/bin/busybox cat /tmp/serving)/fd/1 ;;',
      'esac',
      '',
    ].join('\n'),
    'serve.sh': [
      `echo "version ${version} of $BERTH_PROCESS begins"`,
      '/bin/busybox mkdir -p /tmp',
      'echo $$ > /tmp/serving',
      'trap "echo the end is near >&2; exit 3" USR1',
      'trap "eat=1" USR2',
      'trap "exit 0" TERM',
      '/bin/busybox httpd -p 5000 -h /www',
      'while :; do',
      '  if [ -n "$eat" ]; then exec /bin/busybox awk \'BEGIN { s = "0123456789abcdef"; while (1) s = s s }\'; fi',
      '  /bin/busybox sleep 0.1',
      'done',
      '',
    ].join('\n'),
    'count.sh': [
      'trap "exit 0" TERM',
      'n=0',
      'while :; do n=$((n + 1)); echo "$BERTH_PROCESS counts $n"; /bin/busybox sleep 0.2; done',
      '',
    ].join('\n'),
  }
}
