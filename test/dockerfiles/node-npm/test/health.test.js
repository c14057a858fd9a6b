import assert from 'node:assert'
import { test } from 'node:test'
import { createServer } from '../src/app.js'

test('says that it is well', async () => {
  const server = createServer().listen(0)
  const response = await fetch(`http://127.0.0.1:${server.address().port}/health`)
  assert.deepStrictEqual(await response.json(), { ok: true })
  server.close()
})
