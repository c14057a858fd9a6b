import { command, localRunner } from '@berth/command'

/**
 * The directories in all of the machine's cgroup trees whose path ends like this (`*`: anything). Those of other engines
 * may come and go while they are looked through.
 */
export async function findCgroups(ending: string): Promise<string[]> {
  const find = command('find', '/sys/fs/cgroup', '-type', 'd', '-path', `*${ending}`)
  const { stdout } = await localRunner.run(find, { okStatuses: [0, 1] })
  return stdout.split('\n').filter((path) => path !== '')
}
