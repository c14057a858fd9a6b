// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the variables of Dockerfiles.
import { chmod, lstat, readdir, readlink, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BuildHome, dockerfile, makeBuildHome } from '../testing/build-home.ts'

let at: BuildHome

beforeAll(async () => {
  at = await makeBuildHome()
})
afterAll(() => at.remove())

describe('a build', () => {
  test('runs, copies, and makes an image with its names', async () => {
    const { image, steps, lines } = await at.build(
      {
        Dockerfile: dockerfile(
          'FROM busybox',
          'ENV GREETING=hello',
          'WORKDIR /app',
          'COPY . .',
          'RUN cat message && echo $GREETING > made && pwd',
          'USER app',
          'EXPOSE 8080',
          'CMD ["./start"]',
        ),
        message: 'from the context',
        'start*': '#!/bin/sh\n',
      },
      { names: ['shop:1', 'shop'], labels: { app: 'shop' } },
    )
    expect(steps).toEqual([
      '[1/4] FROM busybox: cached',
      '[2/4] WORKDIR /app: done',
      '[3/4] COPY . .: done',
      '[4/4] RUN cat message && echo $GREETING > made && pwd: done',
    ])
    expect(lines).toEqual(['from the context/app'])
    expect(await at.read(image, '/app/made')).toBe('hello\n')
    expect(image.config).toMatchObject({
      command: ['./start'],
      workingDirectory: '/app',
      user: 'app',
      exposedPorts: ['8080/tcp'],
      labels: { app: 'shop' },
    })
    expect((await at.images.get('shop:1')).digest).toBe(image.digest)
    expect(await at.leftovers()).toEqual([])
  })

  test('again, with nothing changed, does nothing and gives the same image', async () => {
    const files = {
      Dockerfile: dockerfile('FROM busybox', 'COPY a /a', 'RUN date > /made', 'RUN true'),
      a: '1',
    }
    const first = await at.build(files)
    const second = await at.build(files)
    expect(second.steps.every((step) => step.endsWith(': cached'))).toBe(true)
    expect(second.image.digest).toBe(first.image.digest)
  })

  test('with a changed file does again what stands on it, and only that', async () => {
    const text = dockerfile('FROM busybox', 'RUN echo deps > /deps', 'COPY a /a', 'RUN cat /a > /b')
    await at.build({ Dockerfile: text, a: 'one' })
    const { steps, image } = await at.build({ Dockerfile: text, a: 'two', 'not-copied': 'x' })
    expect(steps.map((step) => step.split(': ').at(-1))).toEqual(['cached', 'cached', 'done', 'done'])
    expect(await at.read(image, '/b')).toBe('two')
  })

  test('without the cache does everything', async () => {
    const files = { Dockerfile: dockerfile('FROM busybox', 'RUN echo 1 > /x') }
    await at.build(files)
    const { steps } = await at.build(files, { noCache: true })
    expect(steps.at(-1)).toMatch(/: done$/)
  })

  test('makes a layer again that is gone', async () => {
    const files = { Dockerfile: dockerfile('FROM busybox', 'RUN echo gone > /gone') }
    const { image } = await at.build(files)
    await at.fileSystems.removeLayer(image.layers.at(-1) ?? '')
    const { steps, image: again } = await at.build(files)
    expect(steps.at(-1)).toMatch(/: done$/)
    expect(await at.read(again, '/gone')).toBe('gone\n')
  })

  test('keeps no layer of a step that changed nothing', async () => {
    const base = await at.images.get('busybox')
    const files = { Dockerfile: dockerfile('FROM busybox', 'RUN true', 'WORKDIR /tmp') }
    expect((await at.build(files)).image.layers).toEqual(base.layers)
    expect((await at.build(files)).steps.map((step) => step.split(': ').at(-1))).toEqual([
      'cached',
      'cached',
      'cached',
    ])
  })

  test('keeps of a step what it changed, and nothing that was only touched on the way', async () => {
    const { image } = await at.build({
      Dockerfile: dockerfile(
        'FROM busybox',
        'RUN echo kept > /kept; ls /etc/hosts',
        'RUN echo short > /tmp/lived && rm /tmp/lived',
        'RUN chmod 711 /home',
        'RUN mkdir -p /usr/share/x && rmdir /usr/share/x',
      ),
    })
    const made = image.layers.slice((await at.images.get('busybox')).layers.length)
    const held = await Promise.all(made.map((layer) => readdir(at.fileSystems.layerPath(layer))))
    expect(held).toEqual([['kept'], ['home']])
    expect(await at.stat(image, '/tmp')).toBe('1777 0:0')
  })

  test('keeps an empty directory that a layer below has, but another one hides', async () => {
    const { image } = await at.build({
      Dockerfile: dockerfile(
        'FROM busybox',
        'RUN mkdir -p /a/b /c/d',
        'RUN rm -rf /a /c && mkdir /a',
        'RUN mkdir /a/b && mkdir -p /c/d',
      ),
    })
    expect(await at.stat(image, '/a/b')).toBe('755 0:0')
    expect(await at.stat(image, '/c/d')).toBe('755 0:0')
  })

  test('of several stages takes from one what the other names', async () => {
    const { image, steps } = await at.build({
      Dockerfile: dockerfile(
        'FROM busybox AS build',
        'RUN mkdir -p /out/sub && echo bin > /out/app && chmod 750 /out/app && chown 1000:2000 /out/app',
        'RUN ln -s app /out/link && ln /out/app /out/sub/hard && ln -s /out /way && echo x > /out/x.txt',
        'FROM busybox AS unused',
        'RUN exit 1',
        'FROM scratch',
        'COPY --from=build /way/ /srv/',
        'COPY --from=build /out/*.txt /out/link /texts/',
        'COPY --from=build --chown=7:8 --chmod=u=rw,go= /out/app /owned',
        'COPY --from=busybox /etc/passwd /etc/passwd',
      ),
    })
    expect(steps.some((step) => step.includes('unused'))).toBe(false)
    expect(await at.stat(image, '/srv/app')).toBe('750 1000:2000')
    expect(await at.inside(image, (root) => readlink(`${root}/srv/link`))).toBe('app')
    const linked = await at.inside(image, async (root) => [
      (await lstat(`${root}/srv/app`)).ino,
      (await lstat(`${root}/srv/sub/hard`)).ino,
    ])
    expect(linked[0]).toBe(linked[1])
    expect(await at.read(image, '/texts/x.txt')).toBe('x\n')
    expect(await at.read(image, '/texts/link')).toBe('bin\n')
    expect(await at.stat(image, '/owned')).toBe('600 7:8')
    expect(await at.read(image, '/etc/passwd')).toMatch(/^root:/)
  })

  test('has its arguments and authorities in RUN, and in nothing that lasts', async () => {
    const authorities = `${at.home}/authorities.pem`
    await writeFile(authorities, 'CERTIFICATE')
    await chmod(authorities, 0o644)
    const files = {
      Dockerfile: dockerfile(
        'FROM busybox',
        'ARG BERTH_REVISION',
        'RUN echo $BERTH_REVISION $SSL_CERT_FILE; cat $NODE_EXTRA_CA_CERTS; echo done > /done',
      ),
    }
    const { lines, image } = await at.build(files, { authorities, arguments: { BERTH_REVISION: 'abc' } })
    expect(lines).toEqual(['abc /run/berth/ca-certificates.crt', 'CERTIFICATE'])
    expect(JSON.stringify(image.config)).not.toMatch(/CERT|abc/)
    expect(await at.inside(image, (root) => readdir(root))).not.toContain('run')
    const again = await at.build(files, { arguments: { BERTH_REVISION: 'abc' } })
    expect(again.steps.at(-1)).toMatch(/: cached$/)
  })

  test('runs heredocs, also as a program of their own', async () => {
    const { lines } = await at.build({
      Dockerfile: dockerfile(
        'FROM busybox',
        'COPY <<conf /etc/app.conf',
        'from=copy',
        'conf',
        'RUN <<EOF',
        'cat /etc/app.conf',
        'echo two',
        'EOF',
        'RUN <<EOF',
        '#!/bin/cat',
        'printed by cat',
        'EOF',
        'RUN cat <<A | cat',
        'text',
        'A',
      ),
    })
    expect(lines).toEqual(['from=copy', 'two', '#!/bin/cat', 'printed by cat', 'text'])
  })
})
