import {createServer} from 'node:http'
import type {Models} from '@broadside/theme'
import {allOutputs, buildOutput, buildSearchIndex, keyOf, type SiteView, themeOf} from '../src/index.ts'
import {siteContext} from '../src/site-context.ts'
import {at, idOf, post, settingsOf, sha256, siteState, viewOf} from './site-model.ts'

const drawing =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 160"><rect x="8" y="8" width="464" height="144" fill="none" stroke="#0b6b4b"/></svg>'

const everything = `What a reader sees is the product. This paragraph has *emphasis*, **weight**, \`code\`, a [link](./b.md),
a footnote[^1], <kbd>Ctrl</kbd> and ~~a mistake~~. Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft.

## A heading with \`code\`

> [!NOTE]
> Useful to know.

> [!TIP]
> It saves time.

> [!IMPORTANT]
> Without it nothing works.

> [!WARNING]
> Read this first.

> [!CAUTION]
> It cannot be undone.

\`\`\`ts title="retry.ts" {2}
// Wait a little longer each time.
export async function retry<T>(work: () => Promise<T>, limit = 5): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work() // [!code ++]
    } catch (error) {
      if (attempt === limit) throw new Error('gave up', {cause: error}) // [!code --]
    }
  }
}
\`\`\`

\`\`\`diff
-old line
+new line
\`\`\`

### A list in a list

1. First
2. Second
   - inside
   - [x] done
   - [ ] open

Term
: What it means, in a sentence that is long enough to wrap on a telephone.

| Queue | Order | Replay |
|---|:---:|---:|
| NATS JetStream | by subject | 30 days |
| Kafka | by partition | as long as you pay |

![A frame](frame.svg "A drawing with a caption")

![The rack at night](rack.jpg)

> A quotation, in other words.

https://www.youtube.com/watch?v=dQw4w9WgXcQ

The sum is $\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}$, or

$$
\\int_0^1 x^2\\,dx = \\frac{1}{3}
$$

<details><summary>More</summary>

Hidden until asked for.

</details>

---

[^1]: The small print.
`

const titles = [
  'Half past two: what the pager said',
  'SQLite in production, one year on',
  'Expand, then contract: how a column is renamed while everybody writes to it',
  'Retry budgets',
]

/** A site with every kind of page and every construct, in English or German. */
export function specimenView(language: 'en' | 'de' = 'en', siteUrl = 'https://x.example/'): SiteView {
  const shared = {authors: ['ines'], tags: ['Queues', 'Operations'], series: {name: 'Keeping things running'}}
  const featured = post({
    ...shared,
    slug: 'a',
    path: 'posts/a/index.md',
    title: 'When NATS, when Kafka, and when a table',
    updated: at('2026-11-09T08:00:00Z'),
    image: 'frame.svg',
    audio: {src: 'talk.mp3'},
    contents: true,
    series: {name: 'Keeping things running', order: 2},
    body: everything,
    date: at('2026-11-02T08:00:00Z'),
  })
  const others = titles.map((title, n) =>
    post({
      ...shared,
      slug: String.fromCodePoint('b'.codePointAt(0)! + n),
      path: `posts/a/${String.fromCodePoint('b'.codePointAt(0)! + n)}.md`,
      title,
      date: at('2026-10-02T08:00:00Z') - n * 40 * 86_400_000,
      body: 'A small script ran at half past two for three years, and then it did not. This is what we found, what it cost, and what runs there now.',
    }),
  )
  const arabic = post({
    slug: 'rtl',
    language: 'ar',
    title: 'ملاحظات من الميدان',
    tags: ['Queues'],
    date: at('2025-01-02T08:00:00Z'),
    body: 'نكتب ما تعلمناه هذا الأسبوع، مع `code` في وسط الجملة.\n\n> [!NOTE]\n> للعلم.',
  })
  const left = post({slug: 'left', title: 'Taken down', live: false, formerAddresses: ['/posts/left/']})
  return viewOf(
    siteState({
      settings: settingsOf({
        title: language === 'en' ? 'Notes from the field' : 'Notizen aus der Praxis',
        tagline: 'What a small software studio learns from keeping things running.',
        language,
        authors: {ines: {name: 'Platform desk', role: 'servers, deploys, the pager', url: 'https://desk.example/'}},
        navigation: [
          {label: 'Posts', url: '/archive/'},
          {label: 'About', url: '/about/'},
        ],
        newsletter: {enabled: true, autoSendDays: 7},
        markdown: {math: true},
      }),
      posts: new Map([featured, ...others, arabic, left].map((one) => [idOf(one.slug), one])),
      pages: new Map([
        ['pages/about.md', {slug: 'about', title: 'About', body: 'Who we are.\n\n## How to write to us\n\nBy mail.'}],
      ]),
      files: new Map([
        ['posts/a/frame.svg', drawing],
        ['posts/a/rack.jpg', 'photo 4000x3000'],
        ['posts/a/talk.mp3', 'not a sound'],
      ]),
      redirects: [{from: '/old/', to: '/about/'}],
    }),
    siteUrl,
  )
}

/** What a reader is asked, with every kind of field; the service that asks has the same theme. */
const formModel: Omit<Models['form'], 'site'> = {
  page: {title: 'What you get', description: 'What you get', canonicalUrl: 'https://x.example/form/', kind: 'website'},
  heading: 'What you get',
  text: 'Choose, and save.\n\nIt holds from the next post on.',
  action: '/letters/choose',
  fields: [
    {name: 'token', type: 'hidden', value: 'x'},
    {name: 'email', label: 'Mail address', type: 'email', required: true, autocomplete: 'email'},
    {name: 'name', label: 'Name', type: 'text', value: 'A reader', autocomplete: 'name'},
    {name: 'rhythm', label: 'Each post', type: 'radio', value: 'each', checked: true},
    {name: 'rhythm', label: 'Once a week', type: 'radio', value: 'weekly'},
    {name: 'topic', label: 'Queues', type: 'checkbox', value: 'queues', checked: true},
    {name: 'zone', label: 'Time zone', type: 'select', value: 'Europe/Berlin', options: ['Europe/Berlin', 'UTC']},
    {name: 'all', label: 'Nothing chosen is everything.', type: 'note'},
  ],
  button: 'Save',
  links: [{label: 'Leave', url: '/letters/leave'}],
}

/** One address of each kind of page. */
export const pageKinds = {
  front: '/',
  post: '/posts/a/',
  'post-rtl': '/posts/rtl/',
  page: '/about/',
  archive: '/archive/',
  'archive-year': '/archive/2026/',
  topic: '/tags/queues/',
  author: '/authors/ines/',
  series: '/series/keeping-things-running/',
  'not-found': '/404.html',
  gone: '/posts/left/',
  search: '/search/',
  form: '/form/',
} as const

export type ServedSite = {url: string; close: () => Promise<void>}

/** Serves a site as a static host does, on a free port; what it is called within is `https://x.example/`. */
export async function serveSpecimen(language: 'en' | 'de' = 'en'): Promise<ServedSite> {
  const view = specimenView(language)
  const theme = themeOf(view)
  const files = new Map<string, {type: string; body: Uint8Array | string}>()
  for await (const spec of allOutputs(view)) {
    const output = await buildOutput(spec, view, theme)
    if (output === undefined) continue
    const body = 'body' in output ? output.body : 'blob' in output && output.blob === sha256(drawing) ? drawing : ''
    files.set(keyOf(spec.address), {type: output.headers.contentType, body})
  }
  const {site} = await siteContext(view, theme)
  const form = theme.render('form', {...formModel, site})
  files.set('form/index.html', {type: 'text/html; charset=utf-8', body: form})
  for await (const {key, headers, body} of buildSearchIndex(view)) files.set(key, {type: headers.contentType, body})
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname).slice(1)
    const found = files.get(path === '' || path.endsWith('/') ? `${path}index.html` : path)
    response.writeHead(found === undefined ? 404 : 200, {'content-type': found?.type ?? 'text/plain'})
    response.end(found?.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  }
}
