/**
 * The studio's page: shows what the server says of the file that is chosen, and loads anew the frames whose bytes are others.
 * Everything that comes from files is set as text.
 *
 * @typedef {import('../src/studio/studio-told.ts').StudioState} State
 * @typedef {import('../src/studio/studio-told.ts').ToldDiagnostic} Found
 * @typedef {import('../src/studio/studio-told.ts').DocumentList} List
 */

/** @param {string} name */
const part = (name) => /** @type {HTMLElement} */ (document.querySelector(`[data-${name}]`))
/** @param {string} name */
const frameOf = (name) => /** @type {HTMLIFrameElement} */ (document.querySelector(`[data-frame=${name}]`))
const filter = /** @type {HTMLInputElement} */ (part('filter'))
const coming = /** @type {HTMLInputElement} */ (part('coming'))
const format = /** @type {HTMLSelectElement} */ (part('format'))
const problems = /** @type {HTMLDetailsElement} */ (part('problems'))
const address = /** @type {HTMLAnchorElement} */ (part('address'))

/** What each frame and text was loaded for last. @type {Map<string, string>} */
const loaded = new Map()
/** @type {State | undefined} */
let state

const chosen = () => decodeURIComponent(location.hash.slice(1)) || '/'

/** @template Value @param {string} path @returns {Promise<Value>} */
async function ask(path) {
  const answer = await fetch(path)
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}`)
  return answer.json()
}

/** @param {string} tag @param {string} text @param {string} [name] */
function element(tag, text, name = '') {
  const made = document.createElement(tag)
  made.textContent = text
  made.className = name
  return made
}

/** Loads a frame where it shows other bytes, or the same at another place; the place scrolled to stays.
 * @param {string} name @param {string} url @param {string} hash */
async function show(name, url, hash) {
  if (loaded.get(name) === `${url} ${hash}`) return
  const isSame = loaded.get(name)?.startsWith(`${url} `) === true
  loaded.set(name, `${url} ${hash}`)
  const frame = frameOf(name)
  const inner = /** @type {Window} */ (frame.contentWindow)
  const place = isSame
    ? {left: inner.scrollX, top: inner.scrollY, behavior: /** @type {const} */ ('instant')}
    : undefined
  const done = new Promise((resolve) => frame.addEventListener('load', resolve, {once: true}))
  if (isSame) inner.location.reload()
  else inner.location.replace(url)
  await done
  if (place !== undefined) frame.contentWindow?.scrollTo(place)
}

/** @param {string} name @param {string} url @param {string} hash */
async function write(name, url, hash) {
  if (loaded.get(name) === `${url} ${hash}`) return
  loaded.set(name, `${url} ${hash}`)
  const answer = await fetch(url)
  part(name).textContent = answer.ok ? await answer.text() : ''
}

/** @param {Found} found */
function problem({severity, code, file, line, column, message, cure = '', frame}) {
  const item = element('li', '', severity)
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
  item.append(element('code', place), ' ', element('strong', severity), ` ${message} ${cure} `, element('small', code))
  if (frame !== '') item.append(element('pre', frame))
  return item
}

/** @param {State} told */
function tell(told) {
  const {title, status = '', of, address: at, feed, mail, diagnostics, isOlder, errors, warnings} = told
  document.title = `${title} – studio`
  part('site').textContent = told.site
  part('title').textContent = title
  part('status').textContent = status
  part('status').className = status.split(' ')[0] ?? ''
  part('file').textContent = of.startsWith('/') ? '' : of
  address.textContent = at ?? ''
  address.href = at ?? '#/'
  part('feed').textContent = feed === undefined ? '' : feed.isIn ? '' : 'not in the feed now'
  const size = mail === undefined ? '' : `${mail.subject} · ${Math.ceil(mail.bytes / 1_000)} kB`
  part('mail').textContent = mail === undefined ? '' : `${size}${mail.isSent ? '' : ' · is not sent'}`
  for (const [name, there] of Object.entries({feed, mail}))
    for (const pane of document.querySelectorAll(`[data-for=${name}]`))
      pane.toggleAttribute('hidden', there === undefined)
  const isBad = diagnostics.some(({severity}) => severity === 'error')
  problems.hidden = diagnostics.length === 0
  if (isBad) problems.open = true
  problems.classList.toggle('bad', isBad)
  const older = isOlder ? ' – shown as it was before' : ''
  part('summary').textContent = `${diagnostics.length} to put right${older}`
  part('found').replaceChildren(...diagnostics.map(problem))
  const all =
    errors + warnings === 0 ? 'nothing to put right in the site' : `${errors} errors, ${warnings} warnings in the site`
  part('told').textContent = `Shown at ${new Date().toLocaleTimeString()}; ${all}`
}

async function update() {
  /** @type {State} */
  const told = await ask(`state?of=${encodeURIComponent(chosen())}`)
  state = told
  tell(told)
  const {of, address: at, page, feed, mail} = told
  const query = `?of=${encodeURIComponent(of)}`
  const work = []
  if (at !== undefined && page !== undefined)
    work.push(show('page', at.split('/').map(encodeURIComponent).join('/'), page))
  else work.push(show('page', 'about:blank', ''))
  if (feed !== undefined) {
    work.push(show('feed', `feed/shown${query}`, feed.hash))
    work.push(write('source', `feed/${format.value}${query}`, feed.hash))
  }
  if (mail !== undefined) {
    work.push(show('light', `mail/light${query}`, mail.hash), show('dark', `mail/dark${query}`, mail.hash))
    work.push(show('narrow', `mail/light${query}`, mail.hash), write('text', `mail/text${query}`, mail.hash))
  }
  await Promise.all(work)
  document.body.dataset['shown'] = String(told.version)
}

async function list() {
  /** @type {List} */
  const {shown, total} = await ask(`list?q=${encodeURIComponent(filter.value)}`)
  const items = shown.map(({path, title, status, problems: count}) => {
    const item = document.createElement('li')
    const link = /** @type {HTMLAnchorElement} */ (element('a', title))
    link.href = `#${encodeURIComponent(path)}`
    if (path === state?.of) link.setAttribute('aria-current', 'page')
    const mark = status === 'live' || status === 'page' ? '' : status
    item.append(link, ' ', element('span', mark, `mark ${mark.split(' ')[0] ?? ''}`))
    if (count > 0) item.append(' ', element('span', `${count} to put right`, 'mark count'))
    return item
  })
  part('list').replaceChildren(...items)
  part('more').textContent = total > shown.length ? `and ${total - shown.length} more` : ''
}

let isBusy = false
let isDue = false

/** One after the other: what comes meanwhile is looked at once, afterwards. */
async function look() {
  isDue = true
  if (isBusy) return
  isBusy = true
  while (isDue) {
    isDue = false
    try {
      await update()
      await list()
    } catch {
      part('told').textContent = 'The studio does not answer.'
    }
  }
  isBusy = false
}

// Who follows a link in the page is shown the file behind it.
frameOf('page').addEventListener('load', () => {
  const at = frameOf('page').contentWindow?.location
  if (at === undefined || at.protocol === 'about:') return
  const path = decodeURIComponent(at.pathname)
  if (path === state?.address) return
  loaded.set('page', `${at.pathname} `)
  location.hash = encodeURIComponent(path).replaceAll('%2F', '/')
})
addEventListener('hashchange', () => void look())
filter.addEventListener('input', () => void list())
format.addEventListener('change', () => void look())
coming.checked = document.cookie.includes('broadside-coming=1')
coming.addEventListener('change', () => {
  document.cookie = `broadside-coming=${coming.checked ? 1 : 0}; path=/; samesite=strict`
  void look()
})
const source = new EventSource('events')
for (const what of ['changed', 'checked']) source.addEventListener(what, () => void look())
source.addEventListener('error', () => {
  part('told').textContent = 'The studio does not answer.'
})
