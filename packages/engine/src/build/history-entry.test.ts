// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the variables of Dockerfiles.
import { expect, test } from 'vitest'
import { type Given, planOf, testImage } from '../testing/plan-of.ts'

const given: Given = { arguments: { A: 'a', HTTP_PROXY: 'http://proxy' }, files: { f: '1', g: '2' } }

const entries = (text: string) =>
  planOf(text, given).history.map((entry) =>
    'createdBy' in entry ? entry.createdBy : entry.inherited.createdBy,
  )

/** As `docker history --no-trunc` shows them. */
test.each([
  ['RUN echo "$A"', ['RUN /bin/sh -c echo "$A" # buildkit']],
  ['ARG A\nRUN x', ['ARG A=a', 'RUN |1 A=a /bin/sh -c x # buildkit']],
  [
    'ARG B=1 C\nARG D=$B\nENV D=e\nRUN ["x", "y z"]',
    ['ARG B=1 C', 'ARG D=1', 'ENV D=e', 'RUN |3 B=1 C= D=e x y z # buildkit'],
  ],
  [
    'ARG HTTP_PROXY\nRUN x',
    ['ARG HTTP_PROXY=http://proxy', 'RUN |1 HTTP_PROXY=http://proxy /bin/sh -c x # buildkit'],
  ],
  ['SHELL ["/bin/bash", "-c"]\nRUN x', ['SHELL [/bin/bash -c]', 'RUN /bin/bash -c x # buildkit']],
  ['RUN <<EOF\none\ntwo\nEOF', ['RUN /bin/sh -c one\ntwo\n # buildkit']],
  ['RUN <<EOF\n#!/bin/awk -f\nx\nEOF', ['RUN /bin/sh -c /dev/pipes/EOF # buildkit']],
  ['RUN --mount=target=/x y', ['RUN /bin/sh -c y # buildkit']],
  ['ENV B="1 2" C=$B\nENV D old form', ['ENV B=1 2 C=', 'ENV D=old form']],
  ['LABEL a="b c" d=e', ['LABEL a=b c d=e']],
  ['ENV D=/x\nCOPY f g $D/', ['ENV D=/x', 'COPY f g /x/ # buildkit']],
  ['COPY --chown=1:2 --chmod=u+x --link f /x', ['COPY --chown=1:2 --chmod=u+x f /x # buildkit']],
  ['COPY --parents f /x', ['COPY --parents f /x # buildkit']],
  ['COPY <<EOF /x\none\nEOF', ['COPY <<EOF /x # buildkit']],
  ['ADD --exclude=g f https://x.test/a /x/', ['ADD f https://x.test/a /x/ # buildkit']],
  ['WORKDIR /a\nWORKDIR b', ['WORKDIR /a', 'WORKDIR /a/b']],
  ['EXPOSE 443/TCP 80-81', ['EXPOSE [443/tcp 80/tcp 81/tcp]']],
  ['ENV P=99\nEXPOSE 80 $P', ['ENV P=99', 'EXPOSE [99/tcp 80/tcp]']],
  ['VOLUME /a /b', ['VOLUME [/a /b]']],
  ['USER a:b', ['USER a:b']],
  ['STOPSIGNAL SIGINT', ['STOPSIGNAL SIGINT']],
  ['CMD ["node", "a \\"b\\"\\t\\u200b"]', ['CMD ["node" "a \\"b\\"\\t\\u200b"]']],
  ['CMD node app', ['CMD ["/bin/sh" "-c" "node app"]']],
  ['CMD []', ['CMD []']],
  ['ENTRYPOINT ["e"]', ['ENTRYPOINT ["e"]']],
  ['MAINTAINER Jane', ['MAINTAINER Jane']],
  ['ONBUILD RUN later', []],
  [
    'HEALTHCHECK --interval=90s --timeout=500ms --start-period=1h --retries=3 CMD curl x',
    [
      'HEALTHCHECK {Test:[CMD-SHELL curl x] Interval:1m30s Timeout:500ms StartPeriod:1h0m0s StartInterval:0s Retries:3}',
    ],
  ],
])('%s', (lines, expected) => {
  expect(entries(`FROM base\n${lines}`)).toEqual(expected)
})

test('a layer is named by the entry whose step makes it; the base image’s entries stand first', () => {
  const inherited = { createdBy: 'theirs', comment: '', emptyLayer: false, createdAt: null }
  const base = { ...testImage(), history: [inherited] }
  const { history } = planOf('FROM base\nENV A=1\nRUN x\nWORKDIR /\nWORKDIR /w', { images: { base } })
  expect(history).toEqual([
    { inherited },
    { createdBy: 'ENV A=1', step: null },
    { createdBy: 'RUN /bin/sh -c x # buildkit', step: '0.1' },
    { createdBy: 'WORKDIR /', step: null },
    { createdBy: 'WORKDIR /w', step: '0.2' },
  ])
})
