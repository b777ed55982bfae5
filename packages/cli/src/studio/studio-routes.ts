import {readFileSync} from 'node:fs'
import {Hono, type Context} from 'hono'
import {isLoopback} from '@broadside/runtime'
import {feedFormats} from './feed-preview.ts'
import {inScheme} from './mail-preview.ts'
import {previewsOf, type PostPreviews} from './post-previews.ts'
import {isComing, previewRoutes} from './preview-routes.ts'
import type {Studio} from './start-studio.ts'
import {listDocuments} from './list-documents.ts'
import {studioPage} from './studio-page.ts'
import {studioState} from './studio-state.ts'
import type {StudioTold} from './studio-told.ts'

/** Where the studio lies beside the site; addresses that begin so are nobody's. */
export const studioPath = '/~studio'

const read = (name: string) => readFileSync(new URL(`../../browser/${name}`, import.meta.url), 'utf8')
const own = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}
/** What stands in mails and feeds is shown in frames that run nothing, with pictures from wherever they are. */
const framed =
  "default-src 'none'; img-src * data:; media-src *; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

/** The studio below `/~studio/`, the site everywhere else; for requests of this machine alone, which change nothing. */
export function studioRoutes(studio: Studio): Hono {
  const app = new Hono()
  app.use('*', async (c, next) => {
    if (!isLoopback(c.req.header('host') ?? new URL(c.req.url).host))
      return c.text('The studio answers on this machine alone.\n', 403)
    return next()
  })
  app.use(`${studioPath}/*`, async (c, next) => {
    for (const [name, value] of Object.entries(own)) c.header(name, value)
    await next()
  })
  app.get(studioPath, (c) => c.redirect(`${studioPath}/`))
  app.get(`${studioPath}/`, (c) => c.html(studioPage(studio.site.current().settings.title)))
  app.get(`${studioPath}/studio.js`, (c) =>
    c.body(read('studio.js'), 200, {'content-type': 'text/javascript; charset=utf-8'}),
  )
  app.get(`${studioPath}/studio.css`, (c) =>
    c.body(read('studio.css'), 200, {'content-type': 'text/css; charset=utf-8'}),
  )
  app.get(`${studioPath}/events`, (c) => events(c, studio))
  app.get(`${studioPath}/list`, (c) =>
    c.json(listDocuments(studio.site.current(), studio.diagnostics(), c.req.query('q') ?? '')),
  )
  app.get(`${studioPath}/state`, async (c) => c.json(await stateOf(c, studio)))
  app.get(`${studioPath}/mail/:as`, async (c) => {
    const as = c.req.param('as')
    return ofPost(c, studio, async (post) => {
      const mail = await post.mail()
      if (as === 'text') return c.text(mail.text)
      if (as !== 'light' && as !== 'dark') return undefined
      return c.html(inScheme(mail.html, as))
    })
  })
  app.get(`${studioPath}/feed/:as`, async (c) => {
    const as = c.req.param('as')
    return ofPost(c, studio, async (post) => {
      if (as === 'shown') return c.html(await post.shownItem())
      const format = feedFormats.find((one) => one === as)
      return format && c.text(await post.item(format))
    })
  })
  app.route('/', previewRoutes(studio))
  return app
}

async function stateOf(c: Context, studio: Studio) {
  const {site, preview, readText} = studio
  const of = c.req.query('of') ?? '/'
  const diagnostics = studio.diagnostics()
  return studioState({snapshot: site.current(), preview, diagnostics, readText, of, coming: isComing(c)})
}

async function ofPost(
  c: Context,
  {site}: Studio,
  show: (post: PostPreviews) => Promise<Response | undefined>,
): Promise<Response> {
  const snapshot = site.current()
  const post = snapshot.posts.get(c.req.query('of') ?? '')
  const shown = post === undefined ? undefined : await show(previewsOf(snapshot, post))
  if (shown === undefined) return c.text('Nothing is here', 404)
  shown.headers.set('content-security-policy', framed)
  return shown
}

/** Server-sent events (HTML, section 9.2): the number of the state that is current, and of each that follows. */
function events(c: Context, studio: Studio): Response {
  const encoder = new TextEncoder()
  let end = (): unknown => undefined
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (told: StudioTold) => {
        if (told.what !== 'closed')
          return controller.enqueue(encoder.encode(`event: ${told.what}\ndata: ${told.version}\n\n`))
        end()
        return controller.close()
      }
      controller.enqueue(encoder.encode('retry: 500\n\n'))
      send({what: 'changed', version: studio.site.current().version})
      end = studio.listen(send)
    },
    cancel: () => void end(),
  })
  c.header('content-type', 'text/event-stream')
  return c.body(body)
}
