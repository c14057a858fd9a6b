import type { Route } from './front-door.ts'
import { type PageWords, pageHtml } from './page-html.ts'

/**
 * What the front door says itself. The pages are complete in themselves (nothing is loaded) and hold no word that came
 * from a user or a request, so there is nothing in them to escape. Each stays far below HAProxy's buffer of 16 KB.
 */
export type Page = {
  name: string
  status: number
  /** Seconds; null: no Retry-After. */
  retryAfterSeconds: number | null
  html: string
}

/** Where no target answers, by the route's state. */
export const statePages: Readonly<Record<Route['state'], Page>> = {
  starting: page('starting', 503, 5, {
    state: 'Starting',
    shape: 'ring',
    title: 'This app is starting',
    text: 'It will be here in a moment. This page looks again by itself.',
    reload: true,
  }),
  live: page('live', 503, 5, {
    state: 'Unreachable',
    shape: 'half',
    title: 'This app does not answer at the moment',
    text: 'It should be running, but none of its instances can be reached. Try again in a few seconds.',
  }),
  crashed: page('crashed', 503, 30, {
    state: 'Crashed',
    shape: 'triangle',
    title: 'This app has crashed',
    text: 'It is started again with growing pauses. If it is yours, its last lines are in the log.',
  }),
  stopped: page('stopped', 503, 300, {
    state: 'Stopped',
    shape: 'square',
    title: 'This app is stopped',
    text: 'It has no running instances. If it is yours: berth ps start, or berth ps scale web=1.',
  }),
  empty: page('empty', 503, 60, {
    state: 'Empty',
    shape: 'square',
    title: 'Nothing was deployed here yet',
    text: 'The app exists and has no release. If it is yours, push one.',
  }),
  maintenance: page('maintenance', 503, 300, {
    state: 'Maintenance',
    shape: 'ring',
    title: 'This app is being worked on',
    text: 'It will be back soon. Nothing is wrong with your connection.',
  }),
}

export const unknownHostPage = page('unknown-host', 404, null, {
  state: 'Unknown',
  shape: 'square',
  title: 'No app answers at this address',
  text: 'The name leads to this server, and no app here goes by it. Check the address for a typing error.',
})

export const uriTooLongPage = page('uri-too-long', 414, null, {
  state: 'Refused',
  shape: 'square',
  title: 'The address is too long',
  text: 'An address may have 8,192 characters here.',
})

export const tooManyGuessesPage = page('too-many-guesses', 429, 600, {
  state: 'Refused',
  shape: 'square',
  title: 'Too many wrong passwords',
  text: 'They came from the network that you are in. Wait ten minutes, then try again.',
})

/** In place of HAProxy's own, by status. */
export const errorPages: readonly Page[] = [
  page('400', 400, null, {
    state: 'Refused',
    shape: 'square',
    title: 'The request cannot be read',
    text: 'It is malformed, or its headers are larger than 15 KB. Clearing the cookies of this site may help.',
  }),
  page('408', 408, null, {
    state: 'Refused',
    shape: 'square',
    title: 'The request took too long to arrive',
    text: 'Its headers were not complete within 15 seconds. Try again.',
  }),
  page('500', 500, 5, {
    state: 'Unreachable',
    shape: 'half',
    title: 'The front door could not pass the request on',
    text: 'It was stopped on its way to the app. Try again in a few seconds.',
  }),
  page('502', 502, 5, {
    state: 'Unreachable',
    shape: 'half',
    title: 'The app broke off',
    text: 'It ended the connection before its answer was complete. If it is yours, its last lines are in the log.',
  }),
  page('503', 503, 5, {
    state: 'Unreachable',
    shape: 'half',
    title: 'This app does not answer at the moment',
    text: 'None of its instances accepted the request. Try again in a few seconds.',
  }),
  page('504', 504, 5, {
    state: 'Unreachable',
    shape: 'half',
    title: 'The app took too long',
    text: 'It was silent for 60 seconds. If it is yours, move long work to a worker, or send something meanwhile.',
  }),
]

export const pages: readonly Page[] = [
  ...Object.values(statePages),
  unknownHostPage,
  uriTooLongPage,
  tooManyGuessesPage,
  ...errorPages,
]

function page(name: string, status: number, retryAfterSeconds: number | null, words: PageWords): Page {
  return { name, status, retryAfterSeconds, html: pageHtml(words) }
}
