import type { Command } from 'commander'

/** Words of the command line, and what adds them: loading that takes time, which only a call that says one of them has to pay. */
export type WordGroup = {
  words: readonly string[]
  load: () => Promise<(parent: Command) => void | Promise<void>>
}

/** Adds the group of the word that was said; all of them where it is nobody's: help, a slip of the pen, nothing at all. */
export async function addSaid(
  parent: Command,
  groups: readonly WordGroup[],
  said: string | undefined,
): Promise<void> {
  const meant = groups.filter(({ words }) => said !== undefined && words.includes(said))
  for (const { load } of meant.length > 0 ? meant : groups) await (await load())(parent)
}
