import type { Mail, SendMail } from '../mail/mail.ts'
import { parseMailAddress } from '../mail/parse-mail-address.ts'

/** Keeps what it is given. `fails` is thrown by the next mail, once. */
export type FakeMail = { send: SendMail; sent: Mail[]; fails: Error | null }

export function fakeMail(): FakeMail {
  const fake: FakeMail = {
    sent: [],
    fails: null,
    send: async (mail) => {
      const to = mail.to.map(parseMailAddress)
      const failure = fake.fails
      fake.fails = null
      if (failure !== null) throw failure
      fake.sent.push({ ...mail, to, subject: mail.subject.replace(/[\r\n]+/g, ' ') })
      return { answer: '250 kept by the fake' }
    },
  }
  return fake
}
