import type { Release } from '@berth/domain'

/**
 * The commands around a deployment, each once, in an instance of its own from the new image. Those before it are run in this
 * order, one after the other, and must succeed; those after it run once the release is live, and stop nothing.
 */
export type TaskName = 'predeploy' | 'release' | 'postdeploy' | 'first-deploy'

export type Task = { name: TaskName; command: string }

/** As people call it. */
export const taskTitles: Readonly<Record<TaskName, string>> = {
  predeploy: 'predeploy task',
  release: 'release command',
  postdeploy: 'postdeploy task',
  'first-deploy': 'postdeploy task of the first deployment',
}

type Commands = Pick<Release, 'releaseCommand' | 'scripts'>

export function tasksBefore({ scripts, releaseCommand }: Commands): Task[] {
  return present([
    ['predeploy', scripts.predeploy],
    ['release', releaseCommand],
  ])
}

/** `isFirst`: nothing of the app was live before. */
export function tasksAfter({ scripts }: Commands, { isFirst }: { isFirst: boolean }): Task[] {
  return present([
    ['postdeploy', scripts.postdeploy],
    ['first-deploy', isFirst ? scripts.firstDeploy : null],
  ])
}

/** Its container is not the keeper's to remove: it is the sign that the task has begun, which must not happen twice. */
export function isAfterwards(task: TaskName | null): boolean {
  return task === 'postdeploy' || task === 'first-deploy'
}

export function commandOf(release: Commands, name: TaskName): string {
  const tasks = [...tasksBefore(release), ...tasksAfter(release, { isFirst: true })]
  const task = tasks.find((found) => found.name === name)
  if (task === undefined) throw new Error(`the release has no ${taskTitles[name]}`)
  return task.command
}

const names = Object.keys(taskTitles) as readonly TaskName[]

export function readTaskName(given: string | undefined): TaskName | null {
  return names.find((name) => name === given) ?? null
}

function present(tasks: readonly (readonly [TaskName, string | null])[]): Task[] {
  return tasks.flatMap(([name, command]) => (command === null ? [] : [{ name, command }]))
}
