import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parsePublicKey } from './parse-public-key.ts'

/** Made with ssh-keygen (OpenSSH 9.2), fingerprints from `ssh-keygen -lf`. */
const real = [
  {
    type: 'ssh-ed25519',
    fingerprint: 'SHA256:Td05nq4a7z/GSWY7vclhNtf1m85G7aG1ItJ2K5/NLqg',
    line: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOfTC/ykQ7uZ+LpFj4W+XmbrpuTuzg6g1p67YJDTO56E ada@laptop',
  },
  {
    type: 'ecdsa-sha2-nistp256',
    fingerprint: 'SHA256:8XxCs/vRZS/cE3feU7vrXafRi3wdlWWKWm8wyEZ73Bo',
    line: 'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBC9e+PH3PTCT4nLTVHSH1h12mQpNLZrMq/xfW+FNJdj1reiAyqpL5s6R9SK5llh+kXZJUl4RkLJxkp/J/5vkYSM= ada@laptop',
  },
  {
    type: 'ecdsa-sha2-nistp384',
    fingerprint: 'SHA256:Dmy0HycfrKCCWg34Uv+4FnZ4EvixlnpfjXjXBYyvZ44',
    line: 'ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBPluA1IvL0dAj7HhkMr5jxaCfXRNU2KaDZXNLrj+eNUtciT3lu99HBNLnrviVhLwcVeY1nb2nY1S+gAIwkULDDwUwQR8tC7QllcR23zkgksAPq0Y726P1Xvun2t+i5B9Gw== ada@laptop',
  },
  {
    type: 'ecdsa-sha2-nistp521',
    fingerprint: 'SHA256:S0oDUc5iCpj7AjD4MZD9StOgk2607m9947bOFGCv3lU',
    line: 'ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAEdoHG2Zx9waE8457UxN+SPZeo2PbTzDAHYjGARMHpRiKX19x+Q2JGCk56AImh8FUXYcLeHdHGyTTmJTFk4SIts1wAVLoByxACuGyE/TqO+Mix+ERz/cxc+ZJF870McYe+zpZJ2Bc5amIePN2Bb/SrSodzMS1D3n5lTud9TR+GT47Gfog== ada@laptop',
  },
  {
    type: 'ssh-rsa',
    fingerprint: 'SHA256:HllDpsmfsGqmcRoJOKhlZQyaCnpnL3O9yRnWDvxfU/4',
    line: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCb/Oo+aWmkyGcyABhBmTbnhp5NQhQlVLGM8CFiGb30gtdu4XFjeOuCe5V29U51RBJUpF1LTOxsBhI5xhgZdTHXZn49wej5/FWj9IFL4yfmOYcbiXq3wGR24xzCxt2S6jwCknRMoIS+YmnTMNWaKxtIwLZxM+f6NOqbBJv5qXUppCq0FFGYitTUCrzShFxXL50tl5zcDkHNeblJhQaWrzsNCH4SwKCiGbzS/RB8bvLpMpljYpsu9lIWHO4J8P/iWhpI9DfhUckUioON2ULcpCT9+KGwxewnXUrhdRonOjY2a/rSGji6eJ3vgRplfGjMUMHtAXzVqGCn3cXvLRQjLgHp ada@laptop',
  },
  {
    type: 'ssh-rsa',
    fingerprint: 'SHA256:Z6itTKdeCJHqEHeGPCGHWeCfPXEVMaq4xtAIAAZOEQU',
    line: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAACAQCSt0GITs/ZtVd6PYdQSlgfji89Q2ABU+/Q6euqS9JMjHe8MPFT/u9cxvZH0ODhHTDa6Em3PECVORQZwFAQmZ7o+WLenz/iRp3UDwWKfvhhQ4Rey6dAqI5IFvsqdJwIph6E4cnA7FXfeuCcNK6IYkOuyNLCdhLW/+4dn+65caDZSHy+9+dFOE5MJKjjUEvaFG4rvUzYeSBhhYMzqy2ocqQvJQI6ocipLjp93a9KxCyuCihzb8aQUUoujSSAvj7ioWJz2pBzeNUOqzZopB9UT0U0nnMISKqwxLYQjMRLYmhHrD4LiLQZBgAOhR5NDnjnlJmfGIkHy6TorwGGLRYVb9X4ImU3303/96vk47XVptJ3jCS3poaaugqXXyLteT+8g68Cg3HlWzUK5iXcTAMFp4IhWjZ/h0xnuCVTsLEYKewaOR/as9rYxRsGO180hee5KA/H3gpYLzVqtnr1UU17kdwJaWfCW2AYNJ22DZ1RjPUF6UPZpYJdoFmLTzWgZVHiyQ8/jvKB1Ep3xGDHCLxTkuLSXxoeT+WvO4c1aeyyL2h91uyF7zvYFSOdxmiVjTTbOg2wIkJsBgiKIXk1hIbBieEb5KBj8piJoYietMLImsnpreyuKVEkViHVJ+Ufwm0aU8EBUhSgfyWYgHJ7uDJqXs/e9gzSVcC8g21tjINVJsZpPw== ada@laptop',
  },
]

const part = (bytes: Buffer | string) => {
  const body = Buffer.from(bytes)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  return Buffer.concat([length, body])
}
const line = (type: string, ...parts: (Buffer | string)[]) =>
  `${type} ${Buffer.concat(parts.map(part)).toString('base64')}`

describe('a key that ssh-keygen made', () => {
  test.each(real)(
    'has the fingerprint that ssh-keygen prints ($type)',
    ({ type, line: given, fingerprint }) => {
      expect(parsePublicKey(given)).toMatchObject({ type, fingerprint, comment: 'ada@laptop' })
      expect(parsePublicKey(`  ${given}\r\n`).publicKey).toBe(given.split(' ').slice(0, 2).join(' '))
    },
  )
})

test('a security key is accepted', () => {
  const type = 'sk-ssh-ed25519@openssh.com'
  expect(parsePublicKey(line(type, type, Buffer.alloc(32, 7), 'ssh:')).type).toBe(type)
})

describe('refused', () => {
  const ed25519 = line('ssh-ed25519', 'ssh-ed25519', Buffer.alloc(32, 7))
  const e = Buffer.from([1, 0, 1])
  test.each([
    ['nothing', '  '],
    ['a word', 'hello'],
    ['options before the key', `command="id" ${ed25519}`],
    ['more than one line', `${ed25519}\n${ed25519}`],
    ['a certificate', ed25519.replace('ssh-ed25519', 'ssh-ed25519-cert-v01@openssh.com')],
    ['DSA', line('ssh-dss', 'ssh-dss', 'x')],
    ['another type inside', line('ssh-ed25519', 'ssh-rsa', Buffer.alloc(32))],
    ['a cut key', ed25519.slice(0, -8)],
    ['a key that is too short inside', line('ssh-ed25519', 'ssh-ed25519', Buffer.alloc(31))],
    ['something after the key', line('ssh-ed25519', 'ssh-ed25519', Buffer.alloc(32), 'more')],
    ['a length beyond the end', `ssh-ed25519 ${Buffer.from([255, 255, 255, 255]).toString('base64')}`],
    ['base64 that is no base64', 'ssh-ed25519 !!!!'],
    [
      'a weak RSA key',
      line('ssh-rsa', 'ssh-rsa', e, Buffer.concat([Buffer.from([0]), Buffer.alloc(128, 255)])),
    ],
    ['a negative modulus', line('ssh-rsa', 'ssh-rsa', e, Buffer.alloc(256, 255))],
    ['the wrong curve', line('ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256', 'nistp521', Buffer.alloc(65, 4))],
    ['an object’s own property', 'constructor AAAA'],
    ['a very long line', `ssh-rsa ${'A'.repeat(20_000)}`],
  ])('%s', (_, given) => {
    expect(() => parsePublicKey(given)).toThrow(expect.objectContaining({ code: 'KEY.INVALID' }))
  })

  test('a private key, without a word of it in the error', () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const secret = pem.split('\n')[1] ?? ''
    try {
      parsePublicKey(pem)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'KEY.PRIVATE' })
      expect(String((error as Error).stack)).not.toContain(secret)
    }
  })
})
