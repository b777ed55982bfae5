import type {ForeignDocument, ForeignItem, Note} from './foreign-site.ts'
import {htmlToMarkdown} from './html-to-markdown.ts'
import {placeFiles} from './place-files.ts'
import {present} from './read-config.ts'

export type ExportedDocument = Pick<ForeignDocument, 'kind' | 'from' | 'slug'> & {
  html: string
  /** Front matter; what is undefined is left out. */
  fields: Record<string, unknown>
  address: string | undefined
  origin: string | undefined
  served: ReadonlyMap<string, string>
  /** Why it is a draft here and was none there. */
  heldBack?: string | undefined
}

const image = /!\[[^\]]*\]\(<?(https?:\/\/[^\s)>]+)/g
const shortcode = /\[(\/?[a-z][\w-]*)(?:\s[^\]]*)?\](?![([:])/g

/** A post or page that was exported as HTML, in Markdown, with what an author should look at. A broken one is told. */
export function* convertExport(given: ExportedDocument): Generator<ForeignItem> {
  const {kind, from, slug, html, fields, address, origin, served, heldBack} = given
  const notes: Note[] = []
  const tell = (noted: Note['kind'], what: string) => void notes.push({kind: noted, from, what})
  if (heldBack !== undefined) tell('guessed', `a draft here, for ${heldBack}`)
  let markdown: string
  try {
    markdown = htmlToMarkdown(html, (what) => tell('left', what))
  } catch (error) {
    // Thousands of elements within each other exhaust the stack.
    const what = error instanceof Error ? error.message : String(error)
    yield {kind: 'note', note: {kind: 'broken', from, what: `its HTML cannot be read: ${what}`}}
    return
  }
  const nowhere = () => undefined
  const placed = placeFiles(
    {from, fields: present(fields), body: markdown},
    {served, origin, near: nowhere, page: nowhere},
  )
  const elsewhere = new Set([...placed.body.matchAll(image)].map(([, url]) => url))
  if (elsewhere.size > 0) {
    const [first] = elsewhere
    tell(
      'left',
      elsewhere.size === 1
        ? `an image is where it was: ${first}`
        : `${elsewhere.size} images are where they were: ${first} and others`,
    )
  }
  for (const name of shortcodesIn(html, placed.body)) tell('left', `${name} stays in the text`)
  yield {
    kind,
    from,
    slug,
    fields: placed.fields,
    body: placed.body,
    beside: [],
    ...(address === undefined ? {} : {address}),
  }
  for (const note of notes) yield {kind: 'note', note}
}

/** WordPress's shortcodes that are still in the text, each once. */
function shortcodesIn(html: string, markdown: string): Set<string> {
  const named =
    /\[(?:caption|gallery|embed|contact-form(?:-7)?|audio|video|playlist|vc_\w+|et_pb_\w+|su_\w+|gravityform|ninja_form|subscribe\w*|polldaddy|wpvideo|youtube|soundcloud|recent-posts)\b/
  if (!named.test(html)) return new Set()
  const unescaped = markdown.replaceAll(String.raw`\[`, '[').replaceAll(String.raw`\_`, '_')
  return new Set(
    [...unescaped.matchAll(shortcode)].flatMap(([whole]) => (named.test(whole) ? [whole.slice(0, 80)] : [])),
  )
}
