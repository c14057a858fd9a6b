import { BerthError, type TreeEntry } from '@berth/domain'

/** A repository without a Dockerfile gets a first one to copy, for what seems to be its language. */
export function withExample(error: BerthError, entries: readonly TreeEntry[]): BerthError {
  const paths = new Set(entries.map((entry) => entry.path))
  const example = examples.find(({ signs }) => signs.some((sign) => paths.has(sign))) ?? fallback
  const hint = `Add a file named Dockerfile, for example (${example.language}):\n\n${example.lines.join('\n')}`
  return new BerthError({ ...error, message: error.message, hint }, { cause: error })
}

type Example = { language: string; signs: readonly string[]; lines: readonly string[] }

const base = 'FROM debian:bookworm-slim'
const install = (packages: string) =>
  `RUN apt-get update && apt-get install -y --no-install-recommends ${packages} && rm -rf /var/lib/apt/lists/*`

const examples: readonly Example[] = [
  {
    language: 'Node',
    signs: ['package.json'],
    lines: [
      base,
      install('nodejs npm'),
      'WORKDIR /app',
      'COPY package*.json ./',
      'RUN npm ci',
      'COPY . .',
      'CMD ["npm", "start"]',
    ],
  },
  {
    language: 'Python',
    signs: ['requirements.txt', 'pyproject.toml', 'Pipfile', 'app.py', 'manage.py'],
    lines: [
      base,
      install('python3 python3-venv'),
      'WORKDIR /app',
      'RUN python3 -m venv /venv',
      'COPY requirements.txt .',
      'RUN /venv/bin/pip install -r requirements.txt',
      'COPY . .',
      'CMD ["/venv/bin/python", "app.py"]',
    ],
  },
  {
    language: 'Go',
    signs: ['go.mod'],
    lines: [
      base,
      install('golang ca-certificates'),
      'WORKDIR /app',
      'COPY . .',
      'RUN go build -o /bin/app .',
      'CMD ["/bin/app"]',
    ],
  },
  {
    language: 'Ruby',
    signs: ['Gemfile'],
    lines: [
      base,
      install('ruby-full build-essential'),
      'WORKDIR /app',
      'COPY Gemfile* ./',
      'RUN gem install bundler && bundle install',
      'COPY . .',
      'CMD ["bundle", "exec", "rackup", "--host", "0.0.0.0", "--port", "5000"]',
    ],
  },
  {
    language: 'a static site',
    signs: ['index.html', 'public/index.html', 'site/index.html'],
    lines: [
      base,
      install('busybox'),
      'COPY . /site',
      'CMD ["busybox", "httpd", "-f", "-p", "5000", "-h", "/site"]',
    ],
  },
]

const fallback: Example = {
  language: 'to begin with',
  signs: [],
  lines: [base, 'WORKDIR /app', 'COPY . .', 'CMD ["./start"]'],
}
