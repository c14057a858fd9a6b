/** An example for the language that a tree seems to be written in: the hint where there is no Dockerfile. */
export function exampleDockerfile(paths: ReadonlySet<string>): string {
  const found = examples.find(({ signs }) => signs.some((sign) => paths.has(sign)))
  return (found ?? anything).dockerfile
}

type Example = { signs: readonly string[]; dockerfile: string }

const base = 'FROM debian:bookworm-slim'

function install(packages: string): string {
  return `RUN apt-get update && apt-get install -y --no-install-recommends ${packages} && rm -rf /var/lib/apt/lists/*`
}

const anything: Example = {
  signs: [],
  dockerfile: [base, 'WORKDIR /app', 'COPY . .', 'EXPOSE 5000', 'CMD ["./start"]'].join('\n'),
}

const examples: readonly Example[] = [
  {
    signs: ['package.json'],
    dockerfile: [
      base,
      install('nodejs npm ca-certificates'),
      'WORKDIR /app',
      'COPY package*.json ./',
      'RUN npm ci --omit=dev',
      'COPY . .',
      'EXPOSE 5000',
      'CMD ["npm", "start"]',
    ].join('\n'),
  },
  {
    signs: ['requirements.txt', 'pyproject.toml', 'manage.py'],
    dockerfile: [
      base,
      install('python3 python3-venv ca-certificates'),
      'WORKDIR /app',
      'RUN python3 -m venv /venv',
      'ENV PATH=/venv/bin:$PATH',
      'COPY . .',
      'RUN pip install -r requirements.txt',
      'EXPOSE 5000',
      'CMD ["python", "app.py"]',
    ].join('\n'),
  },
  {
    signs: ['go.mod'],
    dockerfile: [
      `${base} AS build`,
      install('golang ca-certificates'),
      'WORKDIR /src',
      'COPY . .',
      'RUN CGO_ENABLED=0 go build -o /app .',
      '',
      'FROM scratch',
      'COPY --from=build /app /app',
      'EXPOSE 5000',
      'ENTRYPOINT ["/app"]',
    ].join('\n'),
  },
  {
    signs: ['Gemfile'],
    dockerfile: [
      base,
      install('ruby-full build-essential ca-certificates'),
      'WORKDIR /app',
      'COPY Gemfile* ./',
      'RUN gem install bundler && bundle install',
      'COPY . .',
      'EXPOSE 5000',
      'CMD ["bundle", "exec", "rackup", "--host", "0.0.0.0", "--port", "5000"]',
    ].join('\n'),
  },
  {
    signs: ['index.html'],
    dockerfile: [
      base,
      install('nginx-light'),
      'COPY . /var/www/html/',
      'EXPOSE 80',
      'CMD ["nginx", "-g", "daemon off;"]',
    ].join('\n'),
  },
]
