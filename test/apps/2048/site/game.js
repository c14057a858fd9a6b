// 2048: a board of sixteen numbers; a move slides and joins four lines.
const size = 4
const board = document.getElementById('board')
const scoreShown = document.getElementById('score')
const said = document.getElementById('said')
let cells = []
let score = 0

/** One line, moved towards its beginning. */
function slide(line) {
  const tiles = line.filter(Boolean)
  const moved = []
  for (let i = 0; i < tiles.length; i += 1) {
    const joins = tiles[i] === tiles[i + 1]
    moved.push(joins ? tiles[i] * 2 : tiles[i])
    if (joins) {
      score += tiles[i] * 2
      i += 1
    }
  }
  return [...moved, ...Array(size - moved.length).fill(0)]
}

/** The indices of each line, from the edge that the tiles move to. */
function lines(direction) {
  const steps = [0, 1, 2, 3]
  return steps.map((n) =>
    steps.map((k) => {
      if (direction === 'left') return n * size + k
      if (direction === 'right') return n * size + (size - 1 - k)
      if (direction === 'up') return k * size + n
      return (size - 1 - k) * size + n
    }),
  )
}

function move(direction) {
  const before = cells.join()
  for (const line of lines(direction)) {
    const moved = slide(line.map((index) => cells[index]))
    line.forEach((index, k) => {
      cells[index] = moved[k]
    })
  }
  if (cells.join() !== before) drop()
  draw()
}

function drop() {
  const free = cells.flatMap((value, index) => (value === 0 ? [index] : []))
  const index = free[Math.floor(Math.random() * free.length)]
  if (index !== undefined) cells[index] = Math.random() < 0.9 ? 2 : 4
}

function stuck() {
  const full = cells.every(Boolean)
  const pair = ['left', 'up'].some((d) => lines(d).some((l) => l.some((i, k) => k > 0 && cells[i] === cells[l[k - 1]])))
  return full && !pair
}

function draw() {
  scoreShown.textContent = score
  board.replaceChildren(
    ...cells.map((value) => {
      const tile = document.createElement('div')
      tile.className = 'tile'
      tile.role = 'gridcell'
      if (value) {
        tile.textContent = value
        tile.dataset.power = Math.log2(value)
        tile.style.setProperty('--power', Math.log2(value))
      }
      return tile
    }),
  )
  if (cells.includes(2048)) said.textContent = 'You made 2048.'
  else if (stuck()) said.textContent = 'No move is left.'
}

function start() {
  cells = Array(size * size).fill(0)
  score = 0
  drop()
  drop()
  draw()
}

const keys = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' }
addEventListener('keydown', (event) => {
  if (!(event.key in keys)) return
  event.preventDefault()
  move(keys[event.key])
})

let from = null
board.addEventListener('pointerdown', (event) => {
  from = { x: event.clientX, y: event.clientY }
})
addEventListener('pointerup', (event) => {
  if (!from) return
  const x = event.clientX - from.x
  const y = event.clientY - from.y
  from = null
  if (Math.max(Math.abs(x), Math.abs(y)) < 24) return
  if (Math.abs(x) > Math.abs(y)) move(x < 0 ? 'left' : 'right')
  else move(y < 0 ? 'up' : 'down')
})

document.getElementById('again').addEventListener('click', start)
start()
