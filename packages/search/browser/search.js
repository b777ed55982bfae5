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
const optionsAtOnce = 7

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

/**
 * Searches for what stands in the field and shows what there is of it; an answer that a newer question has overtaken is
 * dropped.
 */
async function look(limit, show, isSecond = false) {
  const turn = ++latest
  const query = [...new Set(termsOf(field.value))]
  const here = new URL(location.href)
  if (field.value === '') here.searchParams.delete('q')
  else here.searchParams.set('q', field.value)
  history.replaceState(null, '', here)
  if (query.length === 0) {
    show([], query, 0)
    told.textContent = ''
    return
  }
  try {
    const hits = await search(query)
    const found = await Promise.all(hits.slice(0, limit).map(describe))
    if (turn !== latest) return
    show(found, query, hits.length)
    say(hits.length)
  } catch {
    // The index was renewed while we read it: what it is now is asked for once.
    kept.clear()
    if (turn !== latest) return
    if (!isSecond) return look(limit, show, true)
    told.textContent = words.failed
  }
}

/** Shows the posts with the words in them, below the field. */
function answer(limit = shownAtOnce) {
  close()
  return look(limit, (found, query, count) => {
    list.replaceChildren(...found.map((one) => entry(one, query)))
    if (count > limit) list.append(moreButton(limit))
  })
}

/*
 * The titles that are offered while somebody types: a combobox with a list, as the ARIA Authoring Practices have it. The
 * focus stays in the field; the option that the arrow keys have reached is named to screen readers.
 */
const options = element('ul', 'options')
options.id = 'search-options'
options.role = 'listbox'
options.ariaLabel = field.labels[0]?.textContent.trim() ?? ''
options.hidden = true
form.append(options)
// A field of type `search` may not be a combobox (ARIA in HTML); the keyboard of a telephone stays the same.
field.type = 'text'
field.inputMode = 'search'
field.role = 'combobox'
field.ariaAutoComplete = 'list'
field.ariaExpanded = 'false'
field.setAttribute('aria-controls', options.id)

let active = -1

function suggest() {
  return look(optionsAtOnce, (found) => {
    options.replaceChildren(
      ...found.map(({url, title}, at) => {
        const option = element('li', '', title)
        option.role = 'option'
        option.id = `${options.id}-${at}`
        option.ariaSelected = 'false'
        option.dataset.url = url
        option.dir = 'auto'
        return option
      }),
    )
    list.replaceChildren()
    if (document.activeElement === field) open()
  })
}

function open() {
  activate(-1)
  if (options.children.length === 0) return close()
  options.style.insetBlockStart = `${field.offsetTop + field.offsetHeight}px`
  options.hidden = false
  field.ariaExpanded = 'true'
}

function close() {
  activate(-1)
  options.hidden = true
  field.ariaExpanded = 'false'
}

/** Names the option at this place, counted round; -1 is the field itself. */
function activate(at) {
  const all = options.children
  if (active >= 0 && all[active] !== undefined) all[active].ariaSelected = 'false'
  active = at < 0 ? -1 : at % all.length
  const option = all[active]
  if (option === undefined) return field.removeAttribute('aria-activedescendant')
  option.ariaSelected = 'true'
  option.scrollIntoView({block: 'nearest'})
  field.setAttribute('aria-activedescendant', option.id)
}

/** What a key does; false leaves it to the browser. */
function press({key, altKey}) {
  const count = options.children.length
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    if (altKey && key === 'ArrowUp') close()
    else if (count === 0) return false
    else {
      if (options.hidden) open()
      const next = key === 'ArrowDown' ? active + 1 : active < 0 ? count - 1 : active - 1 + count
      if (!altKey) activate(next)
    }
    return true
  }
  if (key === 'Escape') {
    if (!options.hidden) close()
    else if (field.value === '') return false
    else {
      field.value = ''
      void suggest()
    }
    return true
  }
  if (key === 'Enter' && active >= 0) {
    location.assign(options.children[active].dataset.url)
    return true
  }
  // The cursor moves in the text again.
  if (['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(key)) activate(-1)
  return false
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
  activate(-1)
  clearTimeout(pause)
  pause = setTimeout(() => void suggest(), 150)
})
field.addEventListener('keydown', (event) => {
  if (!event.isComposing && press(event)) event.preventDefault()
})
field.addEventListener('blur', close)
// The field keeps the focus while an option is clicked.
options.addEventListener('pointerdown', (event) => event.preventDefault())
options.addEventListener('click', (event) => {
  const {url} = event.target.closest('li')?.dataset ?? {}
  if (url !== undefined) location.assign(url)
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
