import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { madeFile } from './made-files.ts'
import type { CaseFile, ConformanceCase } from './read-case.ts'

/**
 * The context as a directory. What says no mode of its own is as a checkout of git has it: files 0644 and 0755,
 * directories 0755.
 */
export async function writeContext({ files }: ConformanceCase, context: string): Promise<void> {
  await mkdir(context, { recursive: true, mode: 0o755 })
  for (const file of files) await writeOne(file, `${context}/${file.path}`)
  for (const file of files) if (file.kind === 'directory') await chmod(`${context}/${file.path}`, file.mode)
}

async function writeOne(file: CaseFile, path: string): Promise<void> {
  await mkdir(file.kind === 'directory' ? path : dirname(path), { recursive: true, mode: 0o755 })
  if (file.kind === 'directory') return
  if (file.kind === 'link') return symlink(file.target, path)
  await writeFile(path, file.kind === 'made' ? await madeFile(file.name) : file.content)
  await chmod(path, modeOf(file))
}

function modeOf(file: CaseFile & { kind: 'file' | 'made' }): number {
  if (file.kind === 'made') return 0o644
  return file.mode ?? (file.executable ? 0o755 : 0o644)
}

/** Whether it holds what a git tree cannot: then ours too is built from the directory. */
export function needsDirectory({ files }: ConformanceCase): boolean {
  return files.some(({ kind, ...file }) => kind === 'directory' || 'mode' in file)
}
