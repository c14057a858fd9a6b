import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { localRunner } from '@berth/command'

/** Debian's busybox-static, the smallest root file system there is: `infra/setup --tests` installs it. */
const busybox = '/usr/bin/busybox'

/** Fills an empty directory with a root file system of one program and two users. */
export async function makeBusyboxRoot(directory: string): Promise<void> {
  for (const name of ['bin', 'etc', 'tmp', 'home/app'])
    await mkdir(`${directory}/${name}`, { recursive: true })
  await chmod(`${directory}/tmp`, 0o1777)
  await copyFile(busybox, `${directory}/bin/busybox`)
  await chmod(`${directory}/bin/busybox`, 0o755)
  const { stdout } = await localRunner.run({ argv: [busybox, '--list'] })
  for (const applet of stdout.trim().split('\n')) {
    if (applet !== 'busybox') await symlink('busybox', `${directory}/bin/${applet}`)
  }
  await writeFile(
    `${directory}/etc/passwd`,
    'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n',
  )
  await writeFile(`${directory}/etc/group`, 'root:x:0:\napp:x:1000:\nextra:x:2000:app,other\n')
}
