/** What the address of the page says: which lines, and from where on. */
export type LogsQuery = {
  /** Instances and process types: `web.1`, `worker`. None: all. */
  of: readonly string[]
  /** Whether requests are shown among them; null: as it comes, with everything and not with a part. */
  requests: boolean | null
  stream: 'stdout' | 'stderr' | null
  search: string
  /** A regular expression. */
  grep: string
  /** ISO 8601: what was printed then. Null: the newest. */
  at: string | null
  /** The post-mortem that is open. */
  crash: string | null
}

export const wholeLog: LogsQuery = {
  of: [],
  requests: null,
  stream: null,
  search: '',
  grep: '',
  at: null,
  crash: null,
}

const partName = /^[a-z][a-z0-9-]{0,39}(\.\d{1,5})?$/
const mostParts = 30
const longestText = 500

/** What makes no sense is left out. `instance` is what links to one instance's log say. */
export function readLogsQuery(given: URLSearchParams): LogsQuery {
  const parts = (given.get('of') ?? given.get('instance') ?? '')
    .split(',')
    .filter((part) => partName.test(part))
  const stream = given.get('stream')
  const at = Date.parse(given.get('at') ?? '')
  return {
    of: [...new Set(parts)].slice(0, mostParts),
    requests: { on: true, off: false }[given.get('requests') ?? ''] ?? null,
    stream: stream === 'stdout' || stream === 'stderr' ? stream : null,
    search: (given.get('q') ?? '').slice(0, longestText),
    grep: (given.get('grep') ?? '').slice(0, longestText),
    at: Number.isNaN(at) ? null : new Date(at).toISOString(),
    crash: /^[0-9a-f-]{8,36}$/.test(given.get('crash') ?? '') ? given.get('crash') : null,
  }
}

export function logsHref(app: string, { of, requests, stream, search, grep, at, crash }: LogsQuery): string {
  const said = {
    of: of.join(','),
    requests: requests === null ? '' : requests ? 'on' : 'off',
    stream: stream ?? '',
    q: search,
    grep,
    at: at === null ? '' : at.replace(/\.000Z$/, 'Z'),
    crash: crash ?? '',
  }
  const query = new URLSearchParams(Object.entries(said).filter(([, value]) => value !== '')).toString()
  return `/apps/${app}/logs${query && `?${query}`}`
}

export function showsRequests({ of, requests }: Pick<LogsQuery, 'of' | 'requests'>): boolean {
  return requests ?? of.length === 0
}

/** What the API is asked for. */
export function filterOf(query: LogsQuery) {
  return {
    only: onlyOf(query),
    stream: query.stream,
    search: query.search.trim() || null,
    grep: query.grep || null,
  }
}

export type AskedFilter = ReturnType<typeof filterOf>

const allButRequests = ['app', 'deploy', 'cron', 'berth']

function onlyOf(query: LogsQuery): string[] | null {
  const withRequests = showsRequests(query)
  if (query.of.length === 0) return withRequests ? null : allButRequests
  return [...query.of, ...(withRequests ? ['router'] : [])]
}

/** The same thing as a command. */
export function logsCommand(app: string, query: LogsQuery): string {
  const { only, stream, search, grep } = filterOf(query)
  return [
    `berth logs --app ${app}`,
    query.at === null ? '--follow' : `--since ${query.at.replace(/\.000Z$/, 'Z')}`,
    ...(only ? [`--only ${only.join(',')}`] : []),
    ...(stream ? [`--stream ${stream}`] : []),
    ...(search ? [`--search ${quoted(search)}`] : []),
    ...(grep ? [`--grep ${quoted(grep)}`] : []),
  ].join(' ')
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
