/** `512 MB`, `1.5 GB`: memory, in units of 1,024 as limits are given. */
export function saySize(bytes: number): string {
  const megabytes = bytes / 1024 ** 2
  if (megabytes < 1024) return `${round(megabytes)} MB`
  return `${round(megabytes / 1024)} GB`
}

function round(number: number): number {
  return Math.round(number * 10) / 10
}
