/** Joins class names and leaves out what is not there. */
export function classNames(...given: (string | false | null | undefined)[]): string {
  return given.filter(Boolean).join(' ')
}
