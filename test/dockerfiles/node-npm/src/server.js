import { createServer } from './app.js'

const server = createServer().listen(3000)
process.once('SIGTERM', () => server.close())
