/** What the mails around an account say. No link stands in a subject, where others see it. */
export function resetMail(to: string, link: string) {
  return {
    to: [to],
    subject: 'A new password for Berth',
    text: [
      'Somebody, hopefully you, asked for a new password for this address on Berth.',
      'This link sets one, once, within an hour:',
      '',
      link,
      '',
      'If it was not you, leave it be: the password stays as it is.',
      '',
    ].join('\n'),
  }
}

export function confirmChangeMail(to: string, newEmail: string, link: string) {
  return {
    to: [to],
    subject: 'Your address on Berth',
    text: [
      `Your account on Berth is about to move from this address to ${newEmail}.`,
      'This link agrees; the new address is asked after that:',
      '',
      link,
      '',
      'If it was not you, somebody is signed in as you: change your password and end the other sessions.',
      '',
    ].join('\n'),
  }
}

export function verifyMail(to: string, link: string) {
  return {
    to: [to],
    subject: 'Confirm your address for Berth',
    text: [
      'This link makes this address the one of your account on Berth, within an hour:',
      '',
      link,
      '',
      'If you do not know what this is about, leave it be: nothing happens.',
      '',
    ].join('\n'),
  }
}
