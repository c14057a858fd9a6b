/** Shorter values are too common to be looked for: `80`, `true`. */
const shortestSecret = 6

/**
 * Makes what an app has said fit for messages that are kept and shown to people who may not read its configuration: the
 * configuration's values are masked in it.
 */
export function openMask(configuration: Readonly<Record<string, string>>): (text: string) => string {
  const secrets = Object.values(configuration)
    .filter((value) => value.length >= shortestSecret)
    // One that holds another goes first, or its rest would be left.
    .toSorted((one, other) => other.length - one.length)
  return (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, '[secret]'), text)
}
