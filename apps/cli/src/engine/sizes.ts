import { cliError } from '../errors.ts'

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
}

/** Docker's sizes: `512m`, `1.5g`, `65536`, in units of 1,024. @throws CLI.BAD_INPUT */
export function parseSize(text: string): number {
  const [, number, unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?)([bkmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? []
  const bytes = Math.round(Number(number) * (units[unit.toLowerCase()] ?? Number.NaN))
  if (!Number.isSafeInteger(bytes)) {
    throw cliError['CLI.BAD_INPUT']({
      what: `A size is written as 512m or 2g; this is ${JSON.stringify(text)}.`,
    })
  }
  return bytes
}
