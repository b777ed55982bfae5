import {bucketOf, nearness, termsOf, unpackPostings} from './terms.js'

const form = document.querySelector('[data-search]')
const field = form.querySelector('input')
const told = document.querySelector('[data-search-told]')
const list = document.querySelector('[data-search-found]')
const words = told.dataset
const base = new URL(form.dataset.search, location.href)
const numbers = new Intl.NumberFormat(document.documentElement.lang)

const shownAtOnce = 20
const segmentsAtOnce = 8

const kept = new Map()

/** A file of the index, asked for once. */
function read(name, options) {
  if (!kept.has(name)) {
    const answer = fetch(new URL(name, base), options).then((response) => {
      if (!response.ok) throw new Error(`${name} answers ${response.status}`)
      return response.json()
    })
    answer.catch(() => kept.delete(name))
    kept.set(name, answer)
  }
  return kept.get(name)
}

/** The posts of a segment that have something of each word, or of as many as any post has. */
async function searchSegment(segment, query) {
  const scores = new Map()
  for (const word of query) {
    const index = await read(segment.terms[bucketOf(word, segment.terms.length)])
    const best = new Map()
    for (const term of Object.keys(index)) {
      const near = nearness(word, term)
      if (near === 0) continue
      const postings = unpackPostings(index[term])
      const rare = Math.log(1 + segment.posts / postings.length)
      for (const [post, weight] of postings)
        best.set(post, Math.max(best.get(post) ?? 0, near * rare * (weight / (weight + 1.5))))
    }
    for (const [post, score] of best) {
      const known = scores.get(post) ?? {words: 0, score: 0}
      scores.set(post, {words: known.words + 1, score: known.score + score})
    }
  }
  return [...scores].map(([post, found]) => ({segment, post, ...found}))
}

/** All posts that have every word, best first and then newest; where none has, those that have most of them. */
async function search(query) {
  const {segments} = await read('index.json', {cache: 'no-cache'})
  const hits = []
  for (let at = 0; at < segments.length; at += segmentsAtOnce) {
    const some = segments.slice(at, at + segmentsAtOnce)
    hits.push(...(await Promise.all(some.map((segment) => searchSegment(segment, query)))).flat())
  }
  const most = hits.reduce((words, hit) => Math.max(words, hit.words), 0)
  return hits.filter((hit) => hit.words === most).sort((a, b) => b.score - a.score)
}

async function describe({segment, post}) {
  const page = await read(segment.files[Math.floor(post / segment.perFile)])
  const [url, title, date, text] = page[post % segment.perFile]
  return {url, title, date, text}
}

/** The text with what was searched for in `mark` elements. */
function marked(text, query) {
  const parts = document.createDocumentFragment()
  for (const piece of text.split(/([\p{L}\p{N}\p{M}]+)/u)) {
    const isFound = termsOf(piece).some((term) => query.some((word) => nearness(word, term) > 0))
    if (!isFound) {
      parts.append(piece)
      continue
    }
    const mark = document.createElement('mark')
    mark.textContent = piece
    parts.append(mark)
  }
  return parts
}

function element(name, className, ...children) {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  made.append(...children)
  return made
}

function entry({url, title, date, text}, query) {
  const link = element('a', '', marked(title, query))
  link.href = url
  const body = element('div', 'body', element('h2', '', link))
  if (text !== '') body.append(element('p', '', marked(text, query)))
  const item = element('li', 'row entry', element('p', 'margin meta', date), body)
  item.dir = 'auto'
  return item
}

function say(count) {
  told.textContent = count === 0 ? words.none : words.found.replace('{count}', numbers.format(count))
}

let latest = 0

/** Searches for what stands in the field; an answer that a newer question has overtaken is dropped. */
async function answer(limit = shownAtOnce, isSecond = false) {
  const turn = ++latest
  const query = [...new Set(termsOf(field.value))]
  const here = new URL(location.href)
  if (field.value === '') here.searchParams.delete('q')
  else here.searchParams.set('q', field.value)
  history.replaceState(null, '', here)
  if (query.length === 0) {
    list.replaceChildren()
    told.textContent = ''
    return
  }
  try {
    const hits = await search(query)
    const shown = await Promise.all(hits.slice(0, limit).map(describe))
    if (turn !== latest) return
    list.replaceChildren(...shown.map((one) => entry(one, query)))
    if (hits.length > limit) list.append(moreButton(limit))
    say(hits.length)
  } catch {
    // The index was renewed while we read it: what it is now is asked for once.
    kept.clear()
    if (turn !== latest) return
    if (!isSecond) return answer(limit, true)
    told.textContent = words.failed
  }
}

function moreButton(limit) {
  const button = element('button', 'button', words.more)
  button.type = 'button'
  button.addEventListener('click', async () => {
    await answer(limit + shownAtOnce)
    list.querySelectorAll('a')[limit]?.focus()
  })
  return element('li', 'row', element('div', 'body', button))
}

let pause
form.addEventListener('submit', (event) => {
  event.preventDefault()
  clearTimeout(pause)
  void answer()
})
field.addEventListener('input', () => {
  clearTimeout(pause)
  pause = setTimeout(() => void answer(), 150)
})
field.addEventListener('keydown', (event) => {
  if (event.key !== 'ArrowDown') return
  event.preventDefault()
  list.querySelector('a')?.focus()
})
list.addEventListener('keydown', (event) => {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const links = [...list.querySelectorAll('a')]
  const next = links.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)
  event.preventDefault()
  if (next < 0) field.focus()
  else links[next]?.focus()
})

field.value = new URL(location.href).searchParams.get('q') ?? ''
void answer()
