import express from 'express'

const greeting = 'notes'
const notes = []
const app = express()
app.use(express.json({ limit: '4kb' }))

app.get('/', (_request, response) => {
  response.type('text/plain').send(`${greeting} ${process.env.BERTH_RELEASE} as uid ${process.getuid()}\n`)
})
app.get('/notes', (_request, response) => response.json(notes))
app.post('/notes', (request, response) => {
  const text = String(request.body?.text ?? '').slice(0, 500)
  if (text === '') return response.status(400).json({ error: 'A note needs a text.' })
  notes.push({ text, at: new Date().toISOString() })
  if (notes.length > 100) notes.shift()
  response.status(201).json(notes.at(-1))
})
app.get('/slow', async (_request, response) => {
  await new Promise((resolve) => setTimeout(resolve, 2000))
  response.send('done\n')
})

const server = app.listen(Number(process.env.PORT), () => console.log(`notes listens on ${process.env.PORT}`))
process.on('SIGTERM', () => {
  console.log('notes finishes its requests')
  server.close(() => process.exit(0))
})
